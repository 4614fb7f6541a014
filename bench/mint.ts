import { hook } from './claims.ts'
import { compareLibraries } from './compare-libraries.ts'
import { createCompetitors } from './competitors.ts'
import { createHookurlSubject } from './hookurl.ts'
import type { Row } from './row.ts'

/** Minting the README's URL, compared to a bare HMAC and to JWT libraries, which mint a token without a URL. */
export async function run(): Promise<readonly Row[]> {
  const { minter, baseline } = createHookurlSubject()
  return compareLibraries({
    task: 'mint',
    hookurl: () => minter.mintSync(hook),
    baseline,
    maxCostRatio: 1.7,
    competitors: await createCompetitors(),
    getCall: ({ mint }) => mint,
  })
}
