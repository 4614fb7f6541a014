import { createMinter, HookurlError, isHookurlError } from '@hookurl/core'
import { sanitizeLogLine, unwrapUrl } from '@hookurl/core/internal'
import type { MintRequest, MintResult, Problem, VerificationResult } from '@hookurl/presentation/protocol'
import { createVerifier } from '@hookurl/verify'
import { parseExactJson } from '../io/exact-json.ts'
import { formatKey } from '../io/format-claims.ts'
import { allRestrictions } from '../io/restrictions.ts'
import type { Settings } from '../keys/load.ts'

// The page has no field for this option.
const optionPattern = /set allowInsecure: true/
const listenFlag = 'start `hookurl listen` with --allow-insecure'

/** What the page can do with the keys of `listen`. */
export interface InspectorApi {
  verify(input: string): Promise<VerificationResult>
  mint(request: MintRequest): Promise<MintResult>
}

/** Creates the API. Its results never contain a key. */
export function createInspectorApi({ keys, purpose, parsedKeys, insecure }: Settings): InspectorApi {
  const verifier = createVerifier({ keys, purpose })
  return {
    verify: async (input) => {
      try {
        const hook = await verifier.verify(unwrapUrl(input).url, { ignore: allRestrictions })
        return { valid: true, key: formatKey(hook.key, parsedKeys.length) }
      } catch (error) {
        return { valid: false, error: toProblem(error) }
      }
    },
    mint: async (request) => {
      try {
        const { command, userId, redirectTo, expiresIn, maxUses, baseUrl } = request
        const { allowGet, requireSignature, requireUser, encrypt } = request
        const minter = createMinter({ keys, purpose, baseUrl, expiresIn: parseLifetime(expiresIn), ...insecure })
        const url = await minter.mint({
          command,
          userId: userId === '' ? undefined : userId,
          content: parseContent(request),
          redirectTo: redirectTo === '' ? undefined : redirectTo,
          maxUses: maxUses === '' ? undefined : Number(maxUses),
          allowGet,
          requireSignature,
          requireUser,
          encrypt,
        })
        return { url }
      } catch (error) {
        return { error: toProblem(error) }
      }
    },
  }
}

function parseContent({ content, contentIsJson }: MintRequest): unknown {
  if (content === '') return undefined
  if (!contentIsJson) return content
  return parseExactJson(content, 'content', {
    message: 'the content is not valid JSON',
    fix: 'Fix the JSON, or sign the content as a string.',
  })
}

// As in the library, a number without a unit is in seconds.
function parseLifetime(value: string): string | number {
  return /^\d+$/.test(value) ? Number(value) : value
}

function toProblem(error: unknown): Problem {
  const { code, message, fix } = isHookurlError(error)
    ? error
    : new HookurlError('invalid_option', { message: error instanceof Error ? error.message : String(error) })
  return { code, message: sanitizeLogLine(message), fix: sanitizeLogLine(fix.replace(optionPattern, listenFlag)) }
}
