import { createMinter, findToken, generateKey } from '@hookurl/core'
import { createKeyringLoader, locateToken, openToken } from '@hookurl/core/internal'
import { createVerifier } from '@hookurl/verify'
import { hook } from './claims.ts'
import { measureInTurn, writeMicros } from './measure.ts'
import { createOurs } from './ours.ts'
import type { Row } from './row.ts'

/** Refusing a token whose signature is another key's, as the receiver does it and at the public edge, which throws. */
export async function run(): Promise<readonly Row[]> {
  const { floor } = createOurs()
  const keys = generateKey()
  const stranger = createMinter({ keys: generateKey(), baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const forged = findToken(stranger.mintSync(hook))
  const ring = await createKeyringLoader(keys, undefined)()
  const verifier = createVerifier({ keys })
  const open = (): unknown => {
    const found = locateToken(forged)
    return found.ok ? openToken(ring, found.token, found.segments) : found
  }
  if (Reflect.get((await open()) as object, 'code') !== 'invalid_signature')
    throw new Error('the forged token was not refused')
  const measured = await measureInTurn(
    {
      floor,
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
  const theirs = measured.floor.micros
  const shared = { against: 'the floor', unit: '×', theirs: writeMicros(theirs) } as const
  const { open: inside, verifySync: edge } = measured
  return [
    {
      ...shared,
      work: 'refuse a forged token',
      value: inside.micros / theirs,
      reach: { atMost: 1.5 },
      ours: writeMicros(inside.micros),
      note: 'as the receiver does it: the refusal is a value',
    },
    {
      ...shared,
      work: 'refuse it by an exception',
      value: edge.micros / theirs,
      ours: writeMicros(edge.micros),
      note: 'verifySync: making and throwing the error costs more than deciding',
    },
  ]
}
