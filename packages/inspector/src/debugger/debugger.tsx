import { inspect } from '@hookurl/core'
import type { VerificationResult } from '@hookurl/presentation/protocol'
import { readTokenLiterals } from '@hookurl/presentation/token-literals'
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { verify } from '../ui/api-client.ts'
import { CodeBlock, DefinitionList, Panel, useNow } from '../ui/components.tsx'
import { escapeText, formatClaims, formatJson } from '../ui/format.ts'
import { Timeline } from './timeline.tsx'
import { TokenDiagram } from './token-diagram.tsx'

interface DebuggerProps {
  readonly input: string
  readonly setInput: (input: string) => void
}

const debounceMs = 150

/** Decodes and verifies a hook URL or token. */
export function Debugger({ input, setInput }: DebuggerProps): JSX.Element {
  return (
    <div class="debugger">
      <h2>Debugger</h2>
      <label>
        <span>Hook URL or token</span>
        <textarea
          rows={4}
          spellcheck={false}
          autocomplete="off"
          placeholder="https://bot.example.com/hooks/eyJ…"
          value={input}
          onInput={(event) => setInput(event.currentTarget.value)}
        />
      </label>
      {input.trim() === '' ? (
        <p class="hint">
          The URL is decoded on this page and verified by hookurl listen. It is not sent to any other machine.
        </p>
      ) : (
        <InspectionResult input={input.trim()} />
      )}
    </div>
  )
}

function InspectionResult({ input }: { input: string }): JSX.Element {
  const now = useNow()
  const inspection = useMemo(() => inspect(input, { now: () => now }), [input, now])
  const { readable, wrappedBy, tokenFormat, claims, problems } = inspection
  const literals = useMemo(() => readTokenLiterals(inspection), [inspection])
  return (
    <>
      {wrappedBy === undefined ? null : <p>Wrapped by {wrappedBy.join(', ')}. Receivers do not read the URL inside.</p>}
      <div class="columns">
        <VerificationPanel input={input} />
        {problems.length === 0 ? (
          <Panel title="No problems">
            <p class="hint">The structure, header, claims and times are valid.</p>
          </Panel>
        ) : (
          <Panel title="Problems" variant="error">
            <ul class="problems">
              {problems.map(({ code, message }) => (
                <li key={code}>
                  {escapeText(message)} <code>{code}</code>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
      <TokenDiagram input={input} inspection={inspection} />
      {claims === undefined ? null : <Timeline claims={claims} now={now} />}
      {literals.claims === undefined ? null : (
        <Panel title="Claims" note={readable ? 'decoded' : 'partly recovered'}>
          <DefinitionList items={formatClaims(literals.claims, now)} />
        </Panel>
      )}
      {tokenFormat === 'encrypted' ? (
        <Panel title="Claims" note="encrypted">
          <p class="hint">The claims cannot be read without the key.</p>
        </Panel>
      ) : null}
      {literals.header === undefined ? null : (
        <Panel title="Header">
          <CodeBlock text={formatJson(literals.header)} label="Header" />
        </Panel>
      )}
    </>
  )
}

function VerificationPanel({ input }: { input: string }): JSX.Element {
  const [result, setResult] = useState<VerificationResult | 'unavailable'>()
  useEffect(() => {
    let isStale = false
    const timer = setTimeout(() => {
      verify(input).then(
        (verified) => isStale || setResult(verified),
        () => isStale || setResult('unavailable'),
      )
    }, debounceMs)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [input])
  if (result === undefined || result === 'unavailable') {
    return (
      <Panel title="Signature">
        <p class="hint">{result === undefined ? 'Verifying…' : 'hookurl listen is not responding.'}</p>
      </Panel>
    )
  }
  const { valid, key, error } = result
  return (
    <Panel title="Signature" variant={valid ? 'trusted' : 'error'}>
      <p role="status">
        <span class={`badge ${valid ? 'green' : 'red'}`}>{valid ? 'valid' : error?.code}</span>{' '}
        {valid ? `signed with key ${key}` : escapeText(error?.message ?? '')}
      </p>
      {error === undefined ? null : <p class="fix">{escapeText(error.fix)}</p>}
    </Panel>
  )
}
