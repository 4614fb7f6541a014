import type { createMinter, deriveJwk, findToken, Hook, isHookurlError } from '@hookurl/core'
import type { createVerifier } from '@hookurl/verify'
import type { ExpectedHook, KeyRow, MintRow, SigningSecretRow, StateRow, Vectors, VerifyRow } from './format.ts'

/** The implementation under test. */
export interface Subject {
  createMinter: typeof createMinter
  createVerifier: typeof createVerifier
  deriveJwk: typeof deriveJwk
  findToken: typeof findToken
  isHookurlError: typeof isHookurlError
  /** Whether the synchronous calls work on this runtime; if not, they must throw `sync_unsupported`. */
  synchronous: boolean
}

/** A row with an unexpected result. */
export interface Failure {
  name: string
  message: string
}

/** Runs one row: the `test` of a test runner, or a custom function. */
export type RunTest = (name: string, body: () => Promise<void>) => void

/** Passes every vector to `run` as a test that throws if the subject disagrees. Imports nothing at run time. */
export function defineSuite(vectors: Vectors, subject: Subject, run: RunTest): void {
  for (const row of vectors.verify) run(row.name, () => checkVerify(row, subject))
  for (const row of vectors.mint) run(`mint: ${row.name}`, () => checkMint(row, subject))
  for (const row of vectors.keys) run(`derive: ${row.name}`, () => checkKey(row, subject))
  for (const row of vectors.states) run(`state: ${row.name}`, () => checkState(row, subject))
  for (const row of vectors.signingSecrets) run(`signing secret: ${row.name}`, () => checkSigningSecret(row, subject))
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

// The errors of tokens with a valid signature; these have the hook.
const codesWithHook = [
  'expired',
  'not_yet_valid',
  'wrong_command',
  'redirect_forbidden',
  'method_not_allowed',
  'not_configured',
  'state_changed',
  'state_unavailable',
]
const baseUrl = 'https://bot.example.com/hooks'

async function checkVerify(row: VerifyRow, subject: Subject): Promise<void> {
  const { command, method, ignore } = row
  const urlOrToken = row.url ?? row.token ?? ''
  const verifier = subject.createVerifier({
    keys: row.keys,
    purpose: row.purpose,
    clockTolerance: row.clockTolerance,
    redirectHosts: row.redirectHosts,
    ...getStateOption(row),
    now: () => row.now * 1000,
  })
  const options = { command, method, ignore }
  const expected = row.hook ?? row.code
  const result = await getOutcome(subject, () => verifier.verify(urlOrToken, options))
  assertSame('verify', result, expected)
  const syncResult = await getOutcome(subject, () => verifier.verifySync(urlOrToken, options))
  assertSame('verifySync', syncResult, subject.synchronous ? expected : 'sync_unsupported')
}

async function checkMint(row: MintRow, subject: Subject): Promise<void> {
  const minter = subject.createMinter({
    keys: row.keys,
    purpose: row.purpose,
    baseUrl: row.baseUrl,
    expiresIn: 'never',
    tokenFormat: row.tokenFormat,
    tokenIn: row.tokenIn,
    maxUrlLength: row.maxUrlLength,
    redirectHosts: row.redirectHosts,
    now: () => row.now * 1000,
  })
  const options = { ...row.mint, ...toDates(row.mint) } as unknown as Parameters<typeof minter.mint>[0]
  const expected = row.url ?? row.code
  assertSame('mint', await getOutcome(subject, () => minter.mint(options)), expected)
  const syncResult = await getOutcome(subject, () => minter.mintSync(options))
  assertSame('mintSync', syncResult, subject.synchronous ? expected : 'sync_unsupported')
  if (row.url === undefined) return
  const token = subject.findToken(row.url)
  assertSame('findToken', row.url.split(token).length, 2)
}

async function checkKey(row: KeyRow, subject: Subject): Promise<void> {
  const jwk = await subject.deriveJwk(row.key, row.purpose)
  assertSame('deriveJwk', jwk, { kty: 'oct', alg: 'HS256', use: 'sig', k: row.signing })
}

async function checkState(row: StateRow, subject: Subject): Promise<void> {
  const { key: keys, purpose, command, userId, state, token } = row
  const minter = subject.createMinter({ keys, purpose, baseUrl, expiresIn: 'never' })
  assertSame('mint', await minter.mint({ command, userId, state }), `${baseUrl}/${token}`)
  const verifyWith = (current: () => typeof state | undefined): Promise<unknown> => {
    const verifier = subject.createVerifier({ keys, purpose, state: current })
    return getOutcome(subject, () => verifier.verify(token))
  }
  const hook = { command, userId, allowGet: false, isStateBound: true, key: { index: 0 } }
  assertSame('verify', await verifyWith(() => state), hook)
  const other = state === null ? false : null
  assertSame('verify with another state', await verifyWith(() => other), 'state_changed')
  assertSame('verify without a state', await verifyWith(() => undefined), 'state_changed')
}

async function checkSigningSecret(row: SigningSecretRow, subject: Subject): Promise<void> {
  const { keys, purpose, token } = row
  const minter = subject.createMinter({ keys, purpose, baseUrl, expiresIn: 'never' })
  for (const encoding of ['whsec', 'plain'] as const) {
    const expected = row[encoding] ?? row.code
    const secret = await getOutcome(subject, () => minter.signingSecret(`${baseUrl}/${token}`, { encoding }))
    assertSame(`signingSecret, ${encoding}`, secret, expected)
    const syncSecret = await getOutcome(subject, () => minter.signingSecretSync(`${baseUrl}/${token}`, { encoding }))
    assertSame(`signingSecretSync, ${encoding}`, syncSecret, subject.synchronous ? expected : 'sync_unsupported')
  }
}

function getStateOption({ state, noState }: VerifyRow): { state?: () => VerifyRow['state'] } {
  if (noState === true) return { state: () => undefined }
  return state === undefined ? {} : { state: () => state }
}

// Returns a hook as plain JSON, a URL, or an error code.
async function getOutcome(subject: Subject, call: () => unknown): Promise<unknown> {
  try {
    const value = await call()
    return typeof value === 'string' ? value : toPlain(value as Hook)
  } catch (error) {
    if (!subject.isHookurlError(error)) throw error
    assertSame(`${error.code} with its hook`, error.hook !== undefined, hasHook(error.code, error.exit))
    return error.code
  }
}

// At mint, a forbidden redirect is an invalid option (exit code 2), and there is no hook yet.
function hasHook(code: string, exit: number): boolean {
  return codesWithHook.includes(code) && exit !== 2
}

function toPlain(hook: Hook): ExpectedHook {
  if (!Object.isFrozen(hook)) throw new Error('the hook is not frozen')
  const { expiresAt, notBefore, issuedAt, ...rest } = hook
  const timestamps = { expiresAt: seconds(expiresAt), notBefore: seconds(notBefore), issuedAt: seconds(issuedAt) }
  return { ...rest, ...timestamps } as ExpectedHook
}

function toDates(mint: MintRow['mint']): { expiresAt?: Date; notBefore?: Date } {
  const { expiresAt, notBefore } = mint
  const dates: { expiresAt?: Date; notBefore?: Date } = {}
  if (typeof expiresAt === 'number') dates.expiresAt = new Date(expiresAt * 1000)
  if (typeof notBefore === 'number') dates.notBefore = new Date(notBefore * 1000)
  return dates
}

function seconds(date: Date | undefined): number | undefined {
  return date === undefined ? undefined : date.getTime() / 1000
}

function assertSame(what: string, actual: unknown, expected: unknown): void {
  const [actualJson, expectedJson] = [toSortedJson(actual), toSortedJson(expected)]
  if (actualJson === expectedJson) return
  throw new Error(`${what}: ${actualJson.slice(0, 400)} instead of ${expectedJson.slice(0, 400)}`)
}

// JSON with sorted members, so that equal values have equal strings.
function toSortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toSortedJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members
    .map(([name, member]) => `${JSON.stringify(name)}:${toSortedJson(member)}`)
    .sort()
    .join(',')}}`
}
