import type { Inspection } from '@hookurl/core'
import { LONG_URL_LIMIT, SHORT_URL_LIMIT } from '@hookurl/presentation/url-limits'
import type { JSX } from 'preact'
import { Panel, TokenBlock } from '../ui/components.tsx'
import { escapeText, formatNumber } from '../ui/format.ts'
import { UrlLimits } from './url-limits.tsx'

interface TokenDiagramProps {
  readonly input: string
  readonly inspection: Inspection
  readonly isOtherJwt: boolean
}

interface Segment {
  readonly name: string
  readonly length: number
}

/** Draws the segments of a URL to scale, and its length against the common limits. */
export function TokenDiagram({ input, inspection, isOtherJwt }: TokenDiagramProps): JSX.Element {
  const { lengths } = inspection
  const segments = listSegments(inspection)
  const scale = Math.max(lengths.input, LONG_URL_LIMIT) * 1.02
  const toPercent = (length: number): string => `${(100 * length) / scale}%`
  return (
    <Panel title="Structure" note={`${formatNumber(lengths.input)} characters`}>
      <div class="segments" aria-hidden="true">
        {segments.map(({ name, length }) => (
          <div key={name} class={`segment ${name}`} style={{ flexGrow: String(length) }} />
        ))}
      </div>
      <ul class="legend">
        {segments.map(({ name, length }) => (
          <li key={name}>
            <i class={`segment ${name}`} />
            {isOtherJwt && name === 'claims' ? 'payload' : name} <b>{formatNumber(length)}</b>
          </li>
        ))}
      </ul>
      <HighlightedToken input={input} inspection={inspection} />
      {isOtherJwt ? null : (
        <>
          <div class="ruler" aria-hidden="true">
            <div class={`fill ${getLengthColor(lengths.input)}`} style={{ width: toPercent(lengths.input) }} />
            <i style={{ left: toPercent(SHORT_URL_LIMIT) }} />
            <i style={{ left: toPercent(LONG_URL_LIMIT) }} />
            <span style={{ left: toPercent(SHORT_URL_LIMIT) }}>{formatNumber(SHORT_URL_LIMIT)}</span>
            <span class="end" style={{ left: toPercent(LONG_URL_LIMIT) }}>
              {formatNumber(LONG_URL_LIMIT)}
            </span>
          </div>
          <p>{describeLength(lengths.input)}</p>
          <UrlLimits length={lengths.input} />
        </>
      )}
      {lengths.longestSegment > SHORT_URL_LIMIT && lengths.input > lengths.token ? (
        <p>
          One path segment has {formatNumber(lengths.longestSegment)} characters: some web servers reject more than{' '}
          {SHORT_URL_LIMIT}.
        </p>
      ) : null}
    </Panel>
  )
}

function listSegments({ lengths, tokenFormat }: Inspection): Segment[] {
  const { input, token, header, claims, signature } = lengths
  const isEncrypted = tokenFormat === 'encrypted'
  return [
    { name: 'base', length: input - token },
    { name: 'header', length: header },
    { name: isEncrypted ? 'encrypted' : 'claims', length: isEncrypted ? token - header - signature : claims },
    { name: isEncrypted ? 'tag' : 'signature', length: signature },
  ].filter(({ length }) => length > 0)
}

const segmentNames: Readonly<Record<NonNullable<Inspection['tokenFormat']>, readonly string[]>> = {
  full: ['header', 'claims', 'signature'],
  short: ['claims', 'signature'],
  encrypted: ['header', 'encrypted', 'encrypted', 'encrypted', 'tag'],
}

/** Colors each segment of the token, if the input contains the token literally. */
function HighlightedToken({
  input,
  inspection: { token, tokenFormat },
}: Pick<TokenDiagramProps, 'input' | 'inspection'>): JSX.Element {
  const start = token === undefined || token === '' ? -1 : input.indexOf(token)
  if (token === undefined || start < 0) return <TokenBlock label="Input">{escapeText(input)}</TokenBlock>
  const names = segmentNames[tokenFormat ?? 'full']
  // What is no token may have any number of segments.
  const segments = token.split('.', names.length)
  const end = start + segments.join('.').length
  return (
    <TokenBlock label="Input">
      <span class="base">{escapeText(input.slice(0, start))}</span>
      {segments.map((segment, index) => (
        <span key={index} class={names[index]}>
          {index === 0 ? '' : '.'}
          {escapeText(segment)}
        </span>
      ))}
      <span class="base">{escapeText(input.slice(end))}</span>
    </TokenBlock>
  )
}

function getLengthColor(length: number): string {
  if (length <= SHORT_URL_LIMIT) return 'green'
  return length <= LONG_URL_LIMIT ? 'yellow' : 'red'
}

function describeLength(length: number): string {
  if (length <= SHORT_URL_LIMIT) return 'Within the 255-character limit of some services.'
  if (length <= LONG_URL_LIMIT)
    return 'Over the 255-character limit of some services, within the 2,048-character limit of others.'
  return 'Over the 2,048-character limit of many services and some browsers.'
}
