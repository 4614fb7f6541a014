import type { VerificationResult } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { verify } from '../ui/api-client.ts'
import { Panel } from '../ui/components.tsx'
import { escapeText } from '../ui/format.ts'

const debounceMs = 150

/** Shows whether `hookurl listen` accepts a hook URL or token. */
export function VerificationPanel({ input }: { input: string }): JSX.Element {
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
