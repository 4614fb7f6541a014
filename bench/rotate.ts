import { createMinter, findToken, generateKey } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { hook } from './claims.ts'
import { createHookurlSubject } from './hookurl.ts'
import { formatMicros, measureInTurn } from './measure.ts'
import type { Row } from './row.ts'

/** Verifying a token of the oldest of three keys, compared to verifying it with that key alone. */
export async function run(): Promise<readonly Row[]> {
  const { baseline } = createHookurlSubject()
  const oldest = generateKey()
  const minter = createMinter({ keys: oldest, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const token = findToken(minter.mintSync(hook))
  const oneKey = createVerifier({ keys: oldest })
  const threeKeys = createVerifier({ keys: [generateKey(), generateKey(), oldest] })
  const measured = await measureInTurn(
    {
      baseline,
      oneKey: () => oneKey.verifySync(token),
      threeKeys: () => threeKeys.verifySync(token),
    },
    { clock: 'processor' },
  )
  const costPerKey = (measured.threeKeys.micros - measured.oneKey.micros) / 2
  return [
    {
      task: 'verify with 3 keys, token of the oldest',
      comparedTo: '1 key: baselines per extra key',
      value: costPerKey / measured.baseline.micros,
      unit: '×',
      target: { atMost: 1 },
      hookurl: formatMicros(measured.threeKeys.micros),
      other: formatMicros(measured.oneKey.micros),
      note: 'keys without ids, so that each is tried',
    },
  ]
}
