import type { createMinter, deriveJwk, findToken, Hook, isHookurlError } from '@hookurl/core'
import type { createVerifier } from '@hookurl/verify'
import type { ExpectedHook, KeyRow, MintRow, Vectors, VerifyRow } from './format.ts'

/** What is under test. */
export interface Subject {
  createMinter: typeof createMinter
  createVerifier: typeof createVerifier
  deriveJwk: typeof deriveJwk
  findToken: typeof findToken
  isHookurlError: typeof isHookurlError
  /** Whether the synchronous calls work here; where they don't, they must say so. */
  synchronous: boolean
}

/** A row that came out otherwise than it should. */
export interface Failure {
  name: string
  message: string
}

/** Where the rows go: a test runner's `test`, or one's own. */
export type Run = (name: string, body: () => Promise<void>) => void

/** Hands every vector to `run` as a test that throws where the subject disagrees. Imports nothing at run time. */
export function defineSuite(vectors: Vectors, subject: Subject, run: Run): void {
  for (const row of vectors.verify) run(row.name, () => checkVerify(row, subject))
  for (const row of vectors.mint) run(`mint: ${row.name}`, () => checkMint(row, subject))
  for (const row of vectors.keys) run(`derive: ${row.name}`, () => checkKey(row, subject))
}

/** Runs every vector, for runtimes without a test runner. */
export async function runSuite(vectors: Vectors, subject: Subject): Promise<{ passed: number; failures: Failure[] }> {
  const tests: { name: string; body: () => Promise<void> }[] = []
  defineSuite(vectors, subject, (name, body) => tests.push({ name, body }))
  const failures: Failure[] = []
  for (const { name, body } of tests) {
    try {
      await body()
    } catch (error) {
      failures.push({ name, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return { passed: tests.length - failures.length, failures }
}

// Refusals of tokens whose signature held: these bear the hook.
const withHook = [
  'expired',
  'not_yet_valid',
  'wrong_command',
  'redirect_forbidden',
  'method_not_allowed',
  'store_unavailable',
]

async function checkVerify(row: VerifyRow, subject: Subject): Promise<void> {
  const { command, method, uncounted } = row
  const text = row.url ?? row.token ?? ''
  const verifier = subject.createVerifier({
    keys: row.keys,
    purpose: row.purpose,
    clockTolerance: row.clockTolerance,
    redirectHosts: row.redirectHosts,
    now: () => row.now * 1000,
  })
  const options = { command, method, uncounted }
  const expected = row.hook ?? row.code
  const verdict = await settle(subject, () => verifier.verify(text, options))
  same('verify', verdict, expected)
  const now = await settle(subject, () => verifier.verifySync(text, options))
  const token = await settle(subject, () => subject.findToken(text))
  const mayBeSealed = String(token).includes('..')
  if (!subject.synchronous || (mayBeSealed && row.hook !== undefined)) same('verifySync', now, 'sync_unsupported')
  else if (!mayBeSealed || now !== 'sync_unsupported') same('verifySync', now, expected)
}

async function checkMint(row: MintRow, subject: Subject): Promise<void> {
  const minter = subject.createMinter({
    keys: row.keys,
    purpose: row.purpose,
    baseUrl: row.baseUrl,
    expiresIn: 'never',
    tokenFormat: row.form,
    tokenIn: row.tokenIn,
    maxUrlLength: row.maxUrlLength,
    redirectHosts: row.redirectHosts,
    now: () => row.now * 1000,
  })
  const options = { ...row.mint, ...toDates(row.mint) } as unknown as Parameters<typeof minter.mint>[0]
  const expected = row.url ?? row.code
  same('mint', await settle(subject, () => minter.mint(options)), expected)
  const now = await settle(subject, () => minter.mintSync(options))
  same('mintSync', now, subject.synchronous ? expected : 'sync_unsupported')
  if (row.url === undefined) return
  const token = subject.findToken(row.url)
  same('findToken', row.url.split(token).length, 2)
}

async function checkKey(row: KeyRow, subject: Subject): Promise<void> {
  const jwk = await subject.deriveJwk(row.key, row.purpose)
  same('deriveJwk', jwk, { kty: 'oct', alg: 'HS256', use: 'sig', k: row.signing })
}

// A hook as plain JSON, a URL, or the code of the refusal.
async function settle(subject: Subject, call: () => unknown): Promise<unknown> {
  try {
    const value = await call()
    return typeof value === 'string' ? value : toPlain(value as Hook)
  } catch (error) {
    if (!subject.isHookurlError(error)) throw error
    same(`${error.code} with its hook`, error.hook !== undefined, carriesHook(error.code, error.exit))
    return error.code
  }
}

// At mint a forbidden redirect is an option like any other (exit 2), and there is no hook yet.
function carriesHook(code: string, exit: number): boolean {
  return withHook.includes(code) && exit !== 2
}

function toPlain(hook: Hook): ExpectedHook {
  if (!Object.isFrozen(hook)) throw new Error('the hook is not frozen')
  const { expiresAt, notBefore, issuedAt, ...rest } = hook
  const moments = { expiresAt: seconds(expiresAt), notBefore: seconds(notBefore), issuedAt: seconds(issuedAt) }
  return { ...rest, ...moments } as ExpectedHook
}

function toDates(mint: MintRow['mint']): { expiresAt?: Date; notBefore?: Date } {
  const { expiresAt, notBefore } = mint
  const dates: { expiresAt?: Date; notBefore?: Date } = {}
  if (typeof expiresAt === 'number') dates.expiresAt = new Date(expiresAt * 1000)
  if (typeof notBefore === 'number') dates.notBefore = new Date(notBefore * 1000)
  return dates
}

function seconds(moment: Date | undefined): number | undefined {
  return moment === undefined ? undefined : moment.getTime() / 1000
}

function same(what: string, actual: unknown, expected: unknown): void {
  const [is, should] = [spell(actual), spell(expected)]
  if (is !== should) throw new Error(`${what}: ${is.slice(0, 400)} instead of ${should.slice(0, 400)}`)
}

// JSON with the members of objects in order, so that equal values have equal texts.
function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'nothing'
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return `{${members
    .map(([name, inner]) => `${JSON.stringify(name)}:${spell(inner)}`)
    .sort()
    .join(',')}}`
}
