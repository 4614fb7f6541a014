import { type Inspection, inspect } from '@hookurl/core'
import { unwrapUrl } from '@hookurl/core/internal'
import type { DescribedClaim } from '@hookurl/presentation/claim-labels'
import { readTokenLiterals } from '@hookurl/presentation/token-literals'
import type { ComponentChildren, ComponentType, JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { CodeBlock, CopyButton, Panel, TokenBlock, useNow } from '../ui/components.tsx'
import { describeClaims, describeJwtClaims, escapeText, formatJson, formatValue } from '../ui/format.ts'
import { Repaired } from './repaired.tsx'
import { Timeline } from './timeline.tsx'
import { TokenDiagram } from './token-diagram.tsx'

interface DebuggerProps {
  readonly input: string
  readonly setInput: (input: string) => void
  /** Says what happens to the input. */
  readonly hint: string
  /** Shown below the field. */
  readonly actions?: ComponentChildren
  /** Shows whether the signature is valid. */
  readonly Signature: ComponentType<{ readonly input: string }>
  /** Opens the mint form with these claims. */
  readonly mintCopy?: ((claims: Readonly<Record<string, unknown>>, input: string) => void) | undefined
}

const key = /hks_[\w-]{8}/

/** Decodes a hook URL or token. */
export function Debugger({ input, setInput, hint, actions, ...details }: DebuggerProps): JSX.Element {
  return (
    <div class="debugger">
      <h2>Debugger</h2>
      <label>
        <span>Hook URL or token</span>
        <textarea
          rows={3}
          spellcheck={false}
          autocomplete="off"
          placeholder="https://bot.example.com/hooks/eyJ…"
          value={input}
          onInput={(event) => setInput(event.currentTarget.value)}
        />
      </label>
      {actions}
      <Result input={input.trim()} hint={hint} details={details} />
    </div>
  )
}

type Details = Pick<DebuggerProps, 'Signature' | 'mintCopy'>

interface ResultProps extends Pick<DebuggerProps, 'input' | 'hint'> {
  readonly details: Details
}

function Result({ input, hint, details }: ResultProps): JSX.Element {
  if (input === '') return <p class="hint">{hint}</p>
  if (key.test(input)) {
    return (
      <Panel title="This is a key" variant="error">
        <p>Paste a hook URL or a token. Decoding needs no key, and a key does not belong in a browser.</p>
      </Panel>
    )
  }
  return <InspectionResult input={input} {...details} />
}

function InspectionResult({ input, Signature, mintCopy }: Pick<DebuggerProps, 'input'> & Details): JSX.Element {
  const now = useNow()
  const inspection = useMemo(() => inspect(input, { now: () => now }), [input, now])
  const { readable, tokenFormat, claims, problems } = inspection
  const literals = useMemo(() => readTokenLiterals(inspection), [inspection])
  const isOther = isOtherJwt(inspection)
  return (
    <>
      <Wrapper input={input} inspection={inspection} />
      <Repaired input={input} inspection={inspection} />
      <div class="columns">
        {isOther ? <OtherIssuer literals={literals} /> : <Signature input={input} />}
        {problems.length === 0 ? (
          <Panel title="No problems">
            <p class="hint">The structure, header, claims and times are valid.</p>
          </Panel>
        ) : (
          <Panel title={isOther ? 'Not a hook URL' : 'Problems'} variant={isOther ? undefined : 'error'}>
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
      {literals.claims === undefined ? null : (
        <Panel
          title="Claims"
          note={readable || isOther ? 'decoded' : 'partially recovered'}
          actions={
            isOther || mintCopy === undefined ? null : (
              <button type="button" class="button" onClick={() => mintCopy(literals.claims ?? {}, input)}>
                Mint a copy with changes
              </button>
            )
          }
        >
          <ClaimsTable
            claims={isOther ? describeJwtClaims(literals.claims, now) : describeClaims(literals.claims, now)}
          />
        </Panel>
      )}
      {tokenFormat === 'encrypted' ? (
        <Panel title="Claims" note="encrypted">
          <p class="hint">The claims cannot be read without the key.</p>
        </Panel>
      ) : null}
      {claims === undefined ? null : <Timeline claims={claims} now={now} isOtherJwt={isOther} />}
      <TokenDiagram input={input} inspection={inspection} isOtherJwt={isOther} />
      {literals.header === undefined ? null : (
        <Panel title="Header">
          <CodeBlock label="Header">{formatJson(literals.header)}</CodeBlock>
        </Panel>
      )}
    </>
  )
}

// The claims that only hook URLs have.
const hookClaims = ['cmd', 'cnt', 'rdr', 'get', 'use']

/** Whether the token is a well-formed JWT of another issuer, and no damaged hook. */
function isOtherJwt({ header, claims, problems }: Inspection): boolean {
  if (header === undefined || claims === undefined || !('alg' in header)) return false
  if (!problems.some(({ code }) => code === 'not_a_hook')) return false
  return header.alg !== 'HS256' || !hookClaims.some((name) => name in claims)
}

function OtherIssuer({ literals }: { literals: Pick<Inspection, 'header' | 'claims'> }): JSX.Element {
  const { header = {}, claims = {} } = literals
  const issuer = typeof claims.iss === 'string' ? claims.iss : undefined
  return (
    <Panel title="Signature" note="not verified">
      <p>
        A JWT {issuer === undefined ? 'from another issuer' : `from ${escapeText(issuer)}`}, with the algorithm{' '}
        {formatValue(header.alg)}. Only its issuer's key can verify it.
      </p>
    </Panel>
  )
}

function Wrapper({ input, inspection: { wrappedBy } }: { input: string; inspection: Inspection }): JSX.Element | null {
  const inside = useMemo(() => unwrapUrl(input), [input])
  if (wrappedBy === undefined) return null
  return (
    <Panel title={`Wrapped by ${wrappedBy.join(', ')}`} note="receivers do not read the URL inside">
      {inside.isOpaque ? (
        <p class="hint">The wrapper does not contain the original URL.</p>
      ) : (
        <>
          <TokenBlock label="URL inside">{escapeText(inside.url)}</TokenBlock>
          <p class="actions">
            <CopyButton label="Copy the URL inside" getText={() => inside.url} />
          </p>
        </>
      )}
    </Panel>
  )
}

function ClaimsTable({ claims }: { claims: readonly DescribedClaim[] }): JSX.Element {
  return (
    <div class="table-scroll">
      <table class="claims-table">
        <thead>
          <tr>
            <th scope="col">Claim</th>
            <th scope="col">Value</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {claims.map(({ claim, label, value, meaning }) => (
            <tr key={claim}>
              <th scope="row">
                {label} {label === claim ? null : <code>{claim}</code>}
              </th>
              <td>{value}</td>
              <td class="meaning">{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
