import type { Inspection } from '@hookurl/core'
import type { JSX } from 'preact'
import { Part } from './bits.tsx'
import { count, plain } from './words.ts'

interface Piece {
  readonly name: string
  readonly length: number
}

const manyPlaces = 255
const allBrowsers = 2048

/** The parts of a URL to scale, and the whole of it against the lengths at which URLs are cut. */
export function Anatomy({ text, inspection }: { text: string; inspection: Inspection }): JSX.Element {
  const { whole, segment, token } = inspection.lengths
  const pieces = cut(inspection)
  const scale = Math.max(whole, allBrowsers) * 1.02
  const at = (length: number): { left: string } => ({ left: `${(100 * length) / scale}%` })
  return (
    <Part title="Anatomy" note={`${count(whole)} characters`}>
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
        <div class={`fill ${toneOfLength(whole)}`} style={{ width: `${(100 * whole) / scale}%` }} />
        <i style={at(manyPlaces)} />
        <i style={at(allBrowsers)} />
        <span style={at(manyPlaces)}>255</span>
        <span class="end" style={at(allBrowsers)}>
          2,048
        </span>
      </div>
      <p>{tellLength(whole)}</p>
      {segment > manyPlaces && whole > token ? (
        <p>One path segment has {count(segment)} characters: some web servers refuse more than 255.</p>
      ) : null}
    </Part>
  )
}

function cut({ lengths: { whole, token, header, claims, signature }, form }: Inspection): Piece[] {
  const rest = form === 'sealed' ? token - header - claims - signature : 0
  return [
    { name: 'base', length: whole - token },
    { name: 'header', length: header },
    { name: form === 'sealed' ? 'sealed' : 'claims', length: claims + rest },
    { name: form === 'sealed' ? 'tag' : 'signature', length: signature },
  ].filter(({ length }) => length > 0)
}

/** The text itself, each part in its colour, where its token stands in it as it is. */
function Coloured({ text, inspection: { token, form } }: { text: string; inspection: Inspection }): JSX.Element {
  const start = token === undefined || token === '' ? -1 : text.indexOf(token)
  if (token === undefined || start < 0) return <p class="token">{plain(text)}</p>
  const parts = token.split('.')
  const names = form === 'short' ? ['claims', 'signature'] : ['header', 'claims', 'signature']
  const sealed = ['header', 'sealed', 'sealed', 'sealed', 'tag']
  return (
    <p class="token">
      <span class="base">{plain(text.slice(0, start))}</span>
      {parts.map((part, index) => (
        <span key={index} class={(form === 'sealed' ? sealed : names)[index] ?? 'base'}>
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
