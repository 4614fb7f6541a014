import { hook } from './claims.ts'
import { compareLibraries, signatureLimitNote } from './compare-libraries.ts'
import { createCompetitors } from './competitors.ts'
import { createHookurlSubject } from './hookurl.ts'
import type { Row } from './row.ts'

/** Minting the README's URL, compared to a bare HMAC and to JWT libraries, which mint a token without a URL. */
export async function run(): Promise<readonly Row[]> {
  const { minter, baseline, limit } = createHookurlSubject()
  return compareLibraries({
    task: 'mint',
    hookurl: () => minter.mintSync(hook),
    baseline,
    limit,
    maxBaselineRatio: 1.5,
    limitNote: signatureLimitNote,
    competitors: await createCompetitors(),
    step: 'mint',
  })
}
