import { createMinter, findToken, generateKey } from '@hookurl/core'
import { createKeyringLoader, locateToken, openToken } from '@hookurl/core/internal'
import { createVerifier } from '@hookurl/verify'
import { hook } from './claims.ts'
import { signatureLimitNote } from './compare-libraries.ts'
import { createHookurlSubject } from './hookurl.ts'
import { formatMicros, measureInTurn } from './measure.ts'
import type { Row } from './row.ts'

/** Rejecting tokens of another key, signed and encrypted: as the receiver does it, and through the public API. */
export async function run(): Promise<readonly Row[]> {
  const { baseline, limit } = createHookurlSubject()
  const keys = generateKey()
  const otherMinter = createMinter({ keys: generateKey(), baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const forged = findToken(otherMinter.mintSync(hook))
  const forgedEncrypted = findToken(otherMinter.mintSync({ ...hook, encrypt: true }))
  const keyring = await createKeyringLoader(keys, undefined)()
  const verifier = createVerifier({ keys })
  const open = (token: string): unknown => {
    const found = locateToken(token)
    return found.kind === 'valid' ? openToken(keyring, found.segments) : found
  }
  for (const token of [forged, forgedEncrypted]) {
    if (Reflect.get((await open(token)) as object, 'code') !== 'invalid_signature')
      throw new Error('the forged token was not rejected')
  }
  const measured = await measureInTurn(
    {
      baseline,
      limit,
      signed: () => open(forged),
      encrypted: () => open(forgedEncrypted),
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
  const [baselineCost, signedCost] = [measured.baseline.micros, measured.signed.micros]
  const toBaseline = {
    comparedTo: 'the baseline',
    unit: '×',
    other: formatMicros(baselineCost),
    isInternal: true,
  } as const
  return [
    {
      ...toBaseline,
      task: 'reject a forged token',
      value: signedCost / baselineCost,
      target: { atMost: 1.2 },
      hookurl: formatMicros(signedCost),
      note: 'as the receiver does it: the rejection is a value',
    },
    {
      task: 'reject a forged token',
      comparedTo: 'the limit',
      value: signedCost / measured.limit.micros,
      unit: '×',
      hookurl: formatMicros(signedCost),
      other: formatMicros(measured.limit.micros),
      note: signatureLimitNote,
      isInternal: true,
    },
    {
      ...toBaseline,
      task: 'reject it with an exception',
      value: measured.verifySync.micros / baselineCost,
      hookurl: formatMicros(measured.verifySync.micros),
      note: 'verifySync: creating and throwing the error costs more than the check',
    },
    {
      task: 'reject a forged encrypted token',
      comparedTo: 'a forged signed token',
      value: measured.encrypted.micros / signedCost,
      unit: '×',
      target: { atMost: 2 },
      hookurl: formatMicros(measured.encrypted.micros),
      other: formatMicros(signedCost),
      note: 'both without an exception, as the receiver rejects them',
    },
  ]
}
