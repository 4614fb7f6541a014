import { compareLibraries } from './compare-libraries.ts'
import { createCompetitors } from './competitors.ts'
import { createHookurlSubject } from './hookurl.ts'
import type { Row } from './row.ts'

/** Verifying a valid token, compared to a bare HMAC and to JWT libraries. */
export async function run(): Promise<readonly Row[]> {
  const { verifier, token, baseline } = createHookurlSubject()
  return compareLibraries({
    task: 'verify a valid token',
    hookurl: () => verifier.verifySync(token),
    baseline,
    maxCostRatio: 1.9,
    competitors: await createCompetitors(),
    getCall: ({ verify }) => verify,
  })
}
