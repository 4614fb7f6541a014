import { urlLimits } from '@hookurl/presentation/url-limits'
import type { JSX } from 'preact'
import { formatNumber } from '../ui/format.ts'

/** Shows which of the known limits a URL of this length exceeds. */
export function UrlLimits({ length }: { length: number }): JSX.Element {
  return (
    <ul class="limits" aria-label="Limits">
      {urlLimits.map(({ limit, where }) => (
        <li key={limit} class={length <= limit ? 'fits' : 'exceeds'}>
          <b>{formatNumber(limit)}</b> {where} <small>{length <= limit ? 'fits' : 'too long'}</small>
        </li>
      ))}
    </ul>
  )
}
