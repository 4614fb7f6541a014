import { createMinter, HookurlError, isHookurlError } from '@hookurl/core'
import { invalidOption, sanitizeLogLine } from '@hookurl/core/internal'
import type { Minted, MintOrder, Problem, Verdict } from '@hookurl/presentation/protocol'
import { createVerifier } from '@hookurl/verify'
import { formatKey } from '../io/format-claims.ts'
import type { Settings } from '../keys/load.ts'

/** What the page asks of whoever has the keys. */
export interface Oracle {
  verify(text: string): Promise<Verdict>
  mint(order: MintOrder): Promise<Minted>
}

/** Answers with a run's keys; they do not leave here. */
export function createOracle({ keys, purpose, parsedKeys }: Settings): Oracle {
  const verifier = createVerifier({ keys, purpose })
  return {
    verify: async (text) => {
      try {
        const hook = await verifier.verify(text, { ignore: ['uses'] })
        return { valid: true, key: formatKey(hook.key, parsedKeys.length) }
      } catch (error) {
        return { valid: false, error: tell(error) }
      }
    },
    mint: async (order) => {
      try {
        const { command, userId, redirectTo, expiresIn, uses, allowGet, seal, baseUrl } = order
        const minter = createMinter({ keys, purpose, baseUrl, expiresIn: toLifetime(expiresIn) })
        const url = await minter.mint({
          command,
          userId: userId === '' ? undefined : userId,
          content: readContent(order),
          redirectTo: redirectTo === '' ? undefined : redirectTo,
          maxUses: uses === '' ? undefined : Number(uses),
          allowGet,
          encrypt,
        })
        return { url }
      } catch (error) {
        return { error: tell(error) }
      }
    },
  }
}

function readContent({ content, contentIsJson }: MintOrder): unknown {
  if (content === '') return undefined
  if (!contentIsJson) return content
  try {
    return JSON.parse(content)
  } catch {
    throw invalidOption('the content is not JSON', 'Correct it, or have it signed as text.')
  }
}

// As in the library, a number without a unit is seconds.
function toLifetime(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text
}

function tell(error: unknown): Problem {
  const { code, message, fix } = isHookurlError(error)
    ? error
    : new HookurlError('invalid_option', { message: error instanceof Error ? error.message : String(error) })
  return { code, message: sanitizeLogLine(message), fix: sanitizeLogLine(fix) }
}
