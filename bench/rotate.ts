import { createMinter, findToken, generateKey } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { hook } from './claims.ts'
import { formatMicros, measureInTurn } from './measure.ts'
import type { Row } from './row.ts'

/** Verifying a token of the oldest of three keys, compared to verifying it with that key alone. */
export async function run(): Promise<readonly Row[]> {
  const oldest = generateKey()
  const minter = createMinter({ keys: oldest, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const token = findToken(minter.mintSync(hook))
  const oneKey = createVerifier({ keys: oldest })
  const threeKeys = createVerifier({ keys: [generateKey(), generateKey(), oldest] })
  const measured = await measureInTurn(
    {
      oneKey: () => oneKey.verifySync(token),
      threeKeys: () => threeKeys.verifySync(token),
    },
    { clock: 'processor' },
  )
  return [
    {
      task: 'verify with 3 keys a token of the oldest',
      comparedTo: 'with 1 key',
      value: measured.threeKeys.micros / measured.oneKey.micros,
      unit: '×',
      hookurl: formatMicros(measured.threeKeys.micros),
      other: formatMicros(measured.oneKey.micros),
      note: 'keys without ids, so that each is tried',
    },
  ]
}
