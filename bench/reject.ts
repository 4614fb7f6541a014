import { createMinter, findToken, generateKey } from '@hookurl/core'
import { createKeyringLoader, locateToken, openToken } from '@hookurl/core/internal'
import { createVerifier } from '@hookurl/verify'
import { hook } from './claims.ts'
import { createHookurlSubject } from './hookurl.ts'
import { formatMicros, measureInTurn } from './measure.ts'
import type { Row } from './row.ts'

/** Rejecting a token signed with another key: as the receiver does it, and through the public API, which throws. */
export async function run(): Promise<readonly Row[]> {
  const { baseline } = createHookurlSubject()
  const keys = generateKey()
  const otherMinter = createMinter({ keys: generateKey(), baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const forged = findToken(otherMinter.mintSync(hook))
  const keyring = await createKeyringLoader(keys, undefined)()
  const verifier = createVerifier({ keys })
  const open = (): unknown => {
    const found = locateToken(forged)
    return found.kind === 'valid' ? openToken(keyring, found.segments) : found
  }
  if (Reflect.get((await open()) as object, 'code') !== 'invalid_signature')
    throw new Error('the forged token was not rejected')
  const measured = await measureInTurn(
    {
      baseline,
      open,
      verifySync: () => {
        try {
          return verifier.verifySync(forged)
        } catch (error) {
          return error
        }
      },
    },
    { clock: 'processor' },
  )
  const baselineCost = measured.baseline.micros
  const shared = { comparedTo: 'the baseline', unit: '×', other: formatMicros(baselineCost) } as const
  return [
    {
      ...shared,
      task: 'reject a forged token',
      value: measured.open.micros / baselineCost,
      target: { atMost: 1.5 },
      hookurl: formatMicros(measured.open.micros),
      note: 'as the receiver does it: the rejection is a value',
    },
    {
      ...shared,
      task: 'reject it with an exception',
      value: measured.verifySync.micros / baselineCost,
      hookurl: formatMicros(measured.verifySync.micros),
      note: 'verifySync: creating and throwing the error costs more than the check',
    },
  ]
}
