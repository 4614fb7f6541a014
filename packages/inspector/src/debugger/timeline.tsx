import { formatTimestamp } from '@hookurl/presentation/timestamps'
import type { JSX } from 'preact'
import { Panel } from '../ui/components.tsx'

interface TimelineProps {
  readonly claims: Readonly<Record<string, unknown>>
  readonly now: number
  readonly isOtherJwt: boolean
}

interface Marker {
  readonly name: string
  readonly seconds: number
}

const minSpanSeconds = 60
// Room for periods without a start or an end, which run to the edge.
const marginPercent = 8

/** Shows when a URL was minted, when it is valid, and the current time. */
export function Timeline({ claims, now, isOtherJwt }: TimelineProps): JSX.Element {
  const { iat, nbf, exp } = claims
  const markers = [
    createMarker(isOtherJwt ? 'issued' : 'minted', iat),
    createMarker('not before', nbf),
    createMarker('now', now / 1000),
    createMarker('expires', exp),
  ].flat()
  const times = markers.map(({ seconds }) => seconds)
  const first = Math.min(...times)
  const span = Math.max(Math.max(...times) - first, minSpanSeconds)
  const toPercent = (seconds: number): number => marginPercent + ((100 - 2 * marginPercent) * (seconds - first)) / span
  const start = typeof nbf === 'number' ? toPercent(nbf) : 0
  const end = typeof exp === 'number' ? toPercent(exp) : 100
  return (
    <Panel title="Timeline" note={describeValidity(claims, now / 1000)}>
      <div class="timeline" aria-hidden="true">
        <div class="validity" style={{ left: `${start}%`, width: `${Math.max(end - start, 0)}%` }} />
        {markers.map(({ name, seconds }) => (
          <i key={name} class={toClassName(name)} style={{ left: `${toPercent(seconds)}%` }} />
        ))}
      </div>
      <ul class="legend">
        {markers
          .toSorted((left, right) => left.seconds - right.seconds)
          .map(({ name, seconds }) => (
            <li key={name}>
              <i class={`dot ${toClassName(name)}`} />
              {name} {name === 'now' ? null : <b>{formatTimestamp(seconds, now)}</b>}
            </li>
          ))}
        {exp === undefined ? <li>never expires</li> : null}
      </ul>
    </Panel>
  )
}

function describeValidity({ nbf, exp }: TimelineProps['claims'], seconds: number): string {
  if (typeof exp === 'number' && seconds >= exp) return 'expired'
  return typeof nbf === 'number' && seconds < nbf ? 'not valid yet' : 'valid now'
}

function createMarker(name: string, seconds: unknown): Marker[] {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? [{ name, seconds }] : []
}

function toClassName(name: string): string {
  return name.replace(' ', '-')
}
