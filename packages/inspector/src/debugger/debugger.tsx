import { inspect } from '@hookurl/core'
import type { Verdict } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { askVerdict } from '../ui/api-client.ts'
import { Code, Part, Rows, useNow } from '../ui/components.tsx'
import { describeClaims } from '../ui/describe-claims.ts'
import { plain, toJson } from '../ui/format.ts'
import { TimeLine } from './timeline.tsx'
import { Anatomy } from './token-diagram.tsx'

interface DebuggerProps {
  readonly text: string
  readonly setText: (text: string) => void
}

const pauseMs = 150

/** Says what a URL or token is, and what is wrong with it. */
export function Debugger({ text, setText }: DebuggerProps): JSX.Element {
  return (
    <div class="debugger">
      <h2>Debugger</h2>
      <label>
        <span>A hook URL or token</span>
        <textarea
          rows={4}
          spellcheck={false}
          autocomplete="off"
          placeholder="https://bot.example.com/hooks/eyJ…"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      {text.trim() === '' ? (
        <p class="hint">
          It is read here, in the page; whether it is genuine is asked of the listen process. Nothing leaves this
          machine.
        </p>
      ) : (
        <Findings text={text.trim()} />
      )}
    </div>
  )
}

function Findings({ text }: { text: string }): JSX.Element {
  const now = useNow()
  const inspection = useMemo(() => inspect(text, { now: () => now }), [text, now])
  const { readable, tokenFormat, header, claims, problems } = inspection
  return (
    <>
      <div class="pair">
        <Judgement text={text} />
        <Part
          title={problems.length === 0 ? 'No problems' : 'Problems'}
          tone={problems.length === 0 ? undefined : 'wrong'}
        >
          {problems.length === 0 ? <p class="hint">Its shape, header, claims and times are in order.</p> : null}
          <ul class="problems">
            {problems.map(({ code, message }) => (
              <li key={code}>
                {plain(message)} <code>{code}</code>
              </li>
            ))}
          </ul>
        </Part>
      </div>
      <Anatomy text={text} inspection={inspection} />
      {claims === undefined ? null : <TimeLine claims={claims} now={now} />}
      {claims === undefined ? null : (
        <Part title="Claims" note={readable ? 'as it says of itself' : 'what is left of them'}>
          <Rows rows={describeClaims(claims, now)} />
        </Part>
      )}
      {tokenFormat === 'encrypted' ? (
        <Part title="Claims" note="encrypted">
          <p class="hint">Only whoever has the key can read them.</p>
        </Part>
      ) : null}
      {header === undefined ? null : (
        <Part title="Header">
          <Code text={toJson(header)} label="Header" />
        </Part>
      )}
    </>
  )
}

function Judgement({ text }: { text: string }): JSX.Element {
  const [verdict, setVerdict] = useState<Verdict | 'unknown'>()
  useEffect(() => {
    let isOld = false
    const timer = setTimeout(() => {
      askVerdict(text).then(
        (found) => isOld || setVerdict(found),
        () => isOld || setVerdict('unknown'),
      )
    }, pauseMs)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [text])
  if (verdict === undefined) return <Part title="Verifies">{<p class="hint">…</p>}</Part>
  if (verdict === 'unknown') {
    return (
      <Part title="Verifies">
        <p class="hint">The listen process does not answer.</p>
      </Part>
    )
  }
  const { valid, key, error } = verdict
  return (
    <Part title="Verifies" tone={valid ? 'signed' : 'wrong'}>
      <p role="status">
        <span class={`badge ${valid ? 'good' : 'bad'}`}>{valid ? 'valid' : error?.code}</span>{' '}
        {valid ? `with key ${key}` : plain(error?.message ?? '')}
      </p>
      {error === undefined ? null : <p class="fix">{plain(error.fix)}</p>}
    </Part>
  )
}
