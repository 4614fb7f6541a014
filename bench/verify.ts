import { compareLibraries, signatureLimitNote } from './compare-libraries.ts'
import { createCompetitors } from './competitors.ts'
import { createHookurlSubject } from './hookurl.ts'
import type { Row } from './row.ts'

/** Verifying a valid token, compared to a bare HMAC and to JWT libraries. */
export async function run(): Promise<readonly Row[]> {
  const { verifier, token, baseline, verifyLimit } = createHookurlSubject()
  return compareLibraries({
    task: 'verify a valid token',
    hookurl: () => verifier.verifySync(token),
    baseline,
    limit: verifyLimit,
    maxBaselineRatio: 1.7,
    maxLimitRatio: 1.8,
    limitNote: `${signatureLimitNote}, decoding the claims and JSON.parse`,
    competitors: await createCompetitors(),
    step: 'verify',
  })
}
