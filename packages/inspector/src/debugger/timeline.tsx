import type { JSX } from 'preact'
import { Part } from '../ui/components.tsx'
import { tellMoment } from '../ui/format.ts'

interface TimeLineProps {
  readonly claims: Readonly<Record<string, unknown>>
  readonly now: number
}

interface Mark {
  readonly name: string
  readonly at: number
}

/** The life of a URL: from when, until when, and where in it we are. */
export function TimeLine({ claims, now }: TimeLineProps): JSX.Element {
  const seconds = now / 1000
  const { iat, nbf, exp } = claims
  const marks = [mark('minted', iat), mark('not before', nbf), mark('now', seconds), mark('expires', exp)].flat()
  const moments = marks.map(({ at }) => at)
  const isEndless = exp === undefined
  const first = Math.min(...moments)
  const span = Math.max(Math.max(...moments) - first, 60)
  // Where a life has no beginning or no end, its band runs over the edge.
  const place = (at: number): number => 8 + (84 * (at - first)) / span
  const from = typeof nbf === 'number' ? place(nbf) : 0
  const to = typeof exp === 'number' ? place(exp) : 100
  const isOn = (typeof nbf !== 'number' || nbf <= seconds) && (typeof exp !== 'number' || seconds < exp)
  return (
    <Part title="Time line" note={isOn ? 'it is its time' : 'it is not its time'}>
      <div class="time-line" aria-hidden="true">
        <div class="band" style={{ left: `${from}%`, width: `${Math.max(to - from, 0)}%` }} />
        {marks.map(({ name, at }) => (
          <i key={name} class={name.replace(' ', '-')} style={{ left: `${place(at)}%` }} />
        ))}
      </div>
      <ul class="legend">
        {[...marks]
          .sort((one, other) => one.at - other.at)
          .map(({ name, at }) => (
            <li key={name}>
              <i class={`dot ${name.replace(' ', '-')}`} />
              {name} {name === 'now' ? null : <b>{tellMoment(at, now)}</b>}
            </li>
          ))}
        {isEndless ? <li>it never expires</li> : null}
      </ul>
    </Part>
  )
}

function mark(name: string, at: unknown): Mark[] {
  return typeof at === 'number' && Number.isFinite(at) ? [{ name, at }] : []
}
