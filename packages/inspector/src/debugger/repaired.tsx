import type { Inspection } from '@hookurl/core'
import { unwrapUrl } from '@hookurl/core/internal'
import type { JSX } from 'preact'
import { CopyButton, Panel, TokenBlock } from '../ui/components.tsx'
import { escapeText } from '../ui/format.ts'
import { describeChanges } from './describe-changes.ts'

interface RepairedProps {
  readonly input: string
  readonly inspection: Inspection
}

/** Shows how a readable token was changed on its way, and the token as it was minted. */
export function Repaired({ input, inspection: { token, readable } }: RepairedProps): JSX.Element | null {
  if (token === undefined || !readable) return null
  const changes = describeChanges(unwrapUrl(input).url, token)
  if (changes.length === 0) return null
  return (
    <Panel title="Changed on its way" note="still readable">
      <ul class="problems">
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
      <TokenBlock label="Token as it was minted">{escapeText(token)}</TokenBlock>
      <p class="actions">
        <CopyButton label="Copy the token as it was minted" getText={() => token} />
      </p>
    </Panel>
  )
}
