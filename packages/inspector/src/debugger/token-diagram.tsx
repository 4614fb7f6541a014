import type { Inspection } from '@hookurl/core'
import type { JSX } from 'preact'
import { Part } from '../ui/components.tsx'
import { count, plain } from '../ui/format.ts'

interface Piece {
  readonly name: string
  readonly length: number
}

const manyPlaces = 255
const allBrowsers = 2048

/** The parts of a URL to scale, and the whole of it against the lengths at which URLs are cut. */
export function Anatomy({ text, inspection }: { text: string; inspection: Inspection }): JSX.Element {
  const { input, longestSegment, token } = inspection.lengths
  const pieces = cut(inspection)
  const scale = Math.max(input, allBrowsers) * 1.02
  const at = (length: number): { left: string } => ({ left: `${(100 * length) / scale}%` })
  return (
    <Part title="Anatomy" note={`${count(input)} characters`}>
      <div class="pieces" aria-hidden="true">
        {pieces.map(({ name, length }) => (
          <div key={name} class={`piece ${name}`} style={{ flexGrow: String(length) }} />
        ))}
      </div>
      <ul class="legend">
        {pieces.map(({ name, length }) => (
          <li key={name}>
            <i class={`piece ${name}`} />
            {name} <b>{count(length)}</b>
          </li>
        ))}
      </ul>
      <Coloured text={text} inspection={inspection} />
      <div class="ruler" aria-hidden="true">
        <div class={`fill ${toneOfLength(input)}`} style={{ width: `${(100 * input) / scale}%` }} />
        <i style={at(manyPlaces)} />
        <i style={at(allBrowsers)} />
        <span style={at(manyPlaces)}>255</span>
        <span class="end" style={at(allBrowsers)}>
          2,048
        </span>
      </div>
      <p>{tellLength(input)}</p>
      {longestSegment > manyPlaces && input > token ? (
        <p>One path segment has {count(longestSegment)} characters: some web servers refuse more than 255.</p>
      ) : null}
    </Part>
  )
}

function cut({ lengths: { input, token, header, claims, signature }, tokenFormat }: Inspection): Piece[] {
  const rest = tokenFormat === 'encrypted' ? token - header - claims - signature : 0
  return [
    { name: 'base', length: input - token },
    { name: 'header', length: header },
    { name: tokenFormat === 'encrypted' ? 'encrypted' : 'claims', length: claims + rest },
    { name: tokenFormat === 'encrypted' ? 'tag' : 'signature', length: signature },
  ].filter(({ length }) => length > 0)
}

/** The text itself, each part in its colour, where its token stands in it as it is. */
function Coloured({ text, inspection: { token, tokenFormat } }: { text: string; inspection: Inspection }): JSX.Element {
  const start = token === undefined || token === '' ? -1 : text.indexOf(token)
  if (token === undefined || start < 0) return <p class="token">{plain(text)}</p>
  const parts = token.split('.')
  const names = tokenFormat === 'short' ? ['claims', 'signature'] : ['header', 'claims', 'signature']
  const sealed = ['header', 'encrypted', 'encrypted', 'encrypted', 'tag']
  return (
    <p class="token">
      <span class="base">{plain(text.slice(0, start))}</span>
      {parts.map((part, index) => (
        <span key={index} class={(tokenFormat === 'encrypted' ? sealed : names)[index] ?? 'base'}>
          {index === 0 ? '' : '.'}
          {plain(part)}
        </span>
      ))}
      <span class="base">{plain(text.slice(start + token.length))}</span>
    </p>
  )
}

function toneOfLength(whole: number): string {
  if (whole <= manyPlaces) return 'good'
  return whole <= allBrowsers ? 'fair' : 'bad'
}

function tellLength(whole: number): string {
  if (whole <= manyPlaces) return 'It fits everywhere, also where URLs are cut at 255.'
  if (whole <= allBrowsers) return 'It is over 255, where some services cut, and fits at 2,048.'
  return 'It is over 2,048: too long for many services and some browsers.'
}
