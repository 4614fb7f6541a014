import { createMinter, findToken, generateKey } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { hook } from './claims.ts'
import { measureInTurn, writeMicros } from './measure.ts'
import { createOurs } from './ours.ts'
import type { Row } from './row.ts'

/** Verifying with three keys a token of the oldest one, against verifying with that key alone. */
export async function run(): Promise<readonly Row[]> {
  const { floor } = createOurs()
  const oldest = generateKey()
  const minter = createMinter({ keys: oldest, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const token = findToken(minter.mintSync(hook))
  const one = createVerifier({ keys: oldest })
  const three = createVerifier({ keys: [generateKey(), generateKey(), oldest] })
  const measured = await measureInTurn(
    {
      floor,
      one: () => one.verifySync(token),
      three: () => three.verifySync(token),
    },
    { clock: 'processor' },
  )
  const extra = (measured.three.micros - measured.one.micros) / 2
  return [
    {
      work: 'verify with 3 keys, token of the oldest',
      against: 'with 1 key: floors more a key',
      value: extra / measured.floor.micros,
      unit: '×',
      reach: { atMost: 1 },
      ours: writeMicros(measured.three.micros),
      theirs: writeMicros(measured.one.micros),
      note: 'keys without ids, so that each is tried',
    },
  ]
}
