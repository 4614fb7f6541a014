import {
  decodeBytes,
  derive,
  type EncryptionKey,
  encodeBytes,
  importEncryptionKey,
  importMacKey,
  type MacKey,
} from '#engine'
import { isCanonical } from '../crypto/base64url.ts'
import { HookurlError, invalidOption } from '../errors.ts'
import type { KeyRef } from '../hook.ts'
import { assertOptions } from '../util/assert-options.ts'
import { loadOnce } from '../util/load-once.ts'
import { chain, isPromiseLike, type MaybePromise } from '../util/maybe-promise.ts'
import { isPlainText } from '../util/string.ts'
import { withTimeout } from '../util/with-timeout.ts'
import { acceptedHeaders, jweHeader, jwsHeader } from './header.ts'

const KEY_PREFIX = 'hks_'
const SECRET_LENGTH = 43
const MAX_PURPOSE_LENGTH = 64
const LOAD_TIMEOUT_MS = 10_000
const idPattern = /^[A-Za-z0-9_-]{1,16}$/
const keyPattern = /^hks_[A-Za-z0-9_-]{43}$/
const jwkOptionNames: ReadonlySet<string> = new Set(['for'])
const infoByUse: ReadonlyMap<string, (purpose: string) => string> = new Map([
  ['token', signingInfo],
  ['state', stateInfo],
  ['signature', callerInfo],
])

/** Keys separated by commas or whitespace, newest first, or an array of such strings. Lines that start with `#` are comments. */
export type KeyringInput = string | readonly string[]

/**
 * A keyring, or a function that returns one, such as from a secret manager. The function is called on first use, once; it
 * may be asynchronous, and then has 10 seconds.
 */
export type KeysOption =
  | KeyringInput
  | (() => KeyringInput | undefined | PromiseLike<KeyringInput | undefined>)
  | undefined

/** One key of a keyring. Its 32 secret bytes are not enumerable, which keeps them out of logs. */
export interface Key {
  readonly index: number
  readonly id?: string
  readonly secret: Uint8Array
}

/** A derived signing key as a JSON Web Key (RFC 7517, RFC 7518 §6.4). It is a secret. */
export interface DerivedJwk {
  readonly kty: 'oct'
  readonly alg: 'HS256'
  readonly use: 'sig'
  readonly kid?: string
  readonly k: string
}

/** A key derived for a purpose. */
export interface DerivedKey {
  readonly ref: KeyRef
  readonly mac: MacKey
  /** The encoded headers of the tokens that this key mints. */
  readonly jwsHeader: string
  readonly jweHeader: string
  /** Returns the encryption key, which is derived when it is first needed. */
  getEncryptionKey(): MaybePromise<EncryptionKey>
  /** Return the key for state hashes and the key for signing secrets. Each is derived when it is first needed. */
  getStateKey(): MaybePromise<Uint8Array>
  getCallerKey(): MaybePromise<Uint8Array>
  /** Returns the encryption key of handles, which is derived when it is first needed. */
  getHandleKey(): MaybePromise<EncryptionKey>
  /** Returns the encryption key of stored wait values, which is derived when it is first needed. */
  getWaitKey(): MaybePromise<EncryptionKey>
}

/** A keyring derived for a purpose. The first key mints. A token's header is looked up, never parsed. */
export interface DerivedKeyring {
  readonly first: DerivedKey
  readonly all: readonly DerivedKey[]
  readonly byJwsHeader: ReadonlyMap<string, readonly DerivedKey[]>
  readonly byJweHeader: ReadonlyMap<string, readonly DerivedKey[]>
}

/**
 * Generates a key: `hks_` followed by 32 random bytes as 43 characters of base64url, or `id:hks_…` with an ID.
 *
 * @throws {HookurlError} `invalid_option` for an ID that is not 1–16 characters of `[A-Za-z0-9_-]`
 */
export function generateKey(options: { id?: string | undefined } = {}): string {
  const { id } = options
  if (id !== undefined && !idPattern.test(id)) {
    throw invalidOption('the id of a key must be 1 to 16 characters of A–Z, a–z, 0–9, _ and -', 'Choose a shorter id.')
  }
  const key = KEY_PREFIX + encodeBytes(crypto.getRandomValues(new Uint8Array(32)))
  return id === undefined ? key : `${id}:${key}`
}

/**
 * Parses a keyring, newest key first. The first key mints; all keys verify.
 *
 * @throws {HookurlError} `invalid_key` if there is no key, a malformed key, or two keys with the same secret or ID
 */
export function parseKeys(keys: KeyringInput): Key[] {
  const entries = splitKeys(keys)
  if (entries.length === 0) {
    throw invalidKey(
      'there is no key',
      'Set HOOKURL_KEYS (node --env-file=.env). Create a key with `hookurl keys new`.',
    )
  }
  const ids = new Set<string>()
  const secrets = new Set<string>()
  return entries.map((entry, index) => {
    const colon = entry.indexOf(':')
    const id = colon < 0 ? undefined : entry.slice(0, colon)
    const secret = entry.slice(colon + 1)
    const position = `key ${index + 1} of ${entries.length}`
    const problem = findKeyProblem(secret, id)
    if (problem !== undefined) throw invalidKey(`${position} ${problem}`)
    if (secrets.has(secret)) throw invalidKey(`${position} is in the keyring twice`, 'Remove one of the two.')
    if (id !== undefined && ids.has(id)) {
      throw invalidKey(`${position} has the id of another key`, 'Give it a unique id.')
    }
    secrets.add(secret)
    if (id !== undefined) ids.add(id)
    const key = id === undefined ? { index } : { index, id }
    return Object.defineProperty(key, 'secret', { value: decodeBytes(secret.slice(KEY_PREFIX.length)) }) as Key
  })
}

/** The options of `deriveJwk`. */
export interface DeriveJwkOptions {
  /** What the key is for: to sign tokens (the default), to derive state hashes, or to derive signing secrets. */
  for?: 'token' | 'state' | 'signature' | undefined
}

/**
 * Derives the signing key of one key, or of a keyring's first key, as a JWK. JWT libraries in other languages can use
 * it to mint and verify tokens for a purpose. `for` selects the key for state hashes or signing secrets instead.
 *
 * @throws {HookurlError} `invalid_key`, `invalid_option`
 */
export async function deriveJwk(
  keys: KeyringInput | Key,
  purpose: string = '',
  options: DeriveJwkOptions = {},
): Promise<DerivedJwk> {
  assertPurpose(purpose)
  assertOptions(options, jwkOptionNames, 'deriveJwk')
  const createInfo = infoByUse.get(options.for ?? 'token')
  if (createInfo === undefined) {
    throw invalidOption("for must be 'token', 'state' or 'signature'", "Omit it, or set it to 'state' or 'signature'.")
  }
  const key = typeof keys === 'object' && 'secret' in keys ? keys : (parseKeys(keys)[0] as Key)
  const bytes = await derive(key.secret, createInfo(purpose))
  const id = key.id === undefined ? {} : { kid: key.id }
  return { kty: 'oct', alg: 'HS256', use: 'sig', ...id, k: encodeBytes(bytes) }
}

/** Returns a keyring, derived on first use. */
export interface KeyringLoader {
  (): MaybePromise<DerivedKeyring>
  /** Whether the keys come from a function that returned a promise. */
  isAsync(): boolean
}

/**
 * Creates a function that returns the keyring derived for a purpose. Keys passed as strings are checked immediately;
 * all keys are derived on first use.
 *
 * @throws {HookurlError} `invalid_key`, `invalid_option`, later also `keys_unavailable`
 */
export function createKeyringLoader(keys: KeysOption, purpose: string = ''): KeyringLoader {
  assertPurpose(purpose)
  if (typeof keys === 'function') return createFunctionLoader(keys, purpose)
  const parsed = parseKeys(keys ?? '')
  return Object.assign(
    loadOnce(() => deriveKeyring(parsed, purpose)),
    { isAsync: () => false },
  )
}

function createFunctionLoader(keys: Extract<KeysOption, () => unknown>, purpose: string): KeyringLoader {
  let isAsync = false
  const load = (): MaybePromise<DerivedKeyring> => {
    const returned = callKeysFunction(keys)
    isAsync ||= isPromiseLike(returned)
    return chain(returned, (input) => deriveKeyring(parseKeys(input ?? ''), purpose))
  }
  const limit = (pending: Promise<DerivedKeyring>): Promise<DerivedKeyring> =>
    isAsync ? withTimeout(pending, LOAD_TIMEOUT_MS, () => keysUnavailable('did not return within 10 seconds')) : pending
  return Object.assign(loadOnce(load, limit), { isAsync: () => isAsync })
}

function callKeysFunction(keys: Extract<KeysOption, () => unknown>): MaybePromise<KeyringInput | undefined> {
  try {
    const returned = keys()
    if (!isPromiseLike(returned)) return returned
    return Promise.resolve(returned).catch((cause) => {
      throw keysUnavailable('rejected', cause)
    })
  } catch (cause) {
    throw keysUnavailable('threw', cause)
  }
}

/** Creates the error of a synchronous call with asynchronous keys. `method` is the one to use instead. */
export function asyncKeysError(method: string): HookurlError {
  const fix = `Use ${method}, or let the function return the keys synchronously.`
  return new HookurlError('sync_unsupported', { message: 'the option keys is an asynchronous function', fix })
}

function keysUnavailable(problem: string, cause?: unknown): HookurlError {
  return new HookurlError('keys_unavailable', { message: `the keys function ${problem}`, cause })
}

function deriveKeyring(keys: readonly Key[], purpose: string): MaybePromise<DerivedKeyring> {
  const derived = keys.map((key) => deriveKey(key, purpose))
  return derived.some(isPromiseLike) ? Promise.all(derived).then(indexKeys) : indexKeys(derived as DerivedKey[])
}

function deriveKey(key: Key, purpose: string): MaybePromise<DerivedKey> {
  const encryptionInfo = `hookurl/1/A256GCM/${purpose}`
  return chain(chain(derive(key.secret, signingInfo(purpose)), importMacKey), (mac): DerivedKey => {
    const ref = key.id === undefined ? { index: key.index } : { index: key.index, id: key.id }
    return {
      ref: Object.freeze(ref),
      mac,
      jwsHeader: jwsHeader(key.id),
      jweHeader: jweHeader(key.id),
      getEncryptionKey: loadOnce(() => chain(derive(key.secret, encryptionInfo), importEncryptionKey)),
      getStateKey: loadOnce(() => derive(key.secret, stateInfo(purpose))),
      getCallerKey: loadOnce(() => derive(key.secret, callerInfo(purpose))),
      getHandleKey: loadOnce(() => chain(derive(key.secret, `hookurl/1/handle/${purpose}`), importEncryptionKey)),
      getWaitKey: loadOnce(() => chain(derive(key.secret, `hookurl/1/wait/${purpose}`), importEncryptionKey)),
    }
  })
}

// A header without an ID makes every key a candidate; one with an ID, only the key with that ID.
function indexKeys(all: readonly DerivedKey[]): DerivedKeyring {
  const byJwsHeader = new Map<string, readonly DerivedKey[]>()
  const byJweHeader = new Map<string, readonly DerivedKey[]>([[jweHeader(), all]])
  for (const header of acceptedHeaders()) byJwsHeader.set(header, all)
  for (const key of all) {
    const { id } = key.ref
    if (id === undefined) continue
    for (const header of acceptedHeaders(id)) byJwsHeader.set(header, [key])
    byJweHeader.set(jweHeader(id), [key])
  }
  return { first: all[0] as DerivedKey, all, byJwsHeader, byJweHeader }
}

function splitKeys(keys: unknown): string[] {
  const strings = typeof keys === 'string' ? [keys] : keys
  if (!Array.isArray(strings) || strings.some((entry) => typeof entry !== 'string')) {
    throw invalidKey('keys must be a string, an array of strings, or a function that returns one')
  }
  const lines = strings.flatMap((entry: string) => entry.split(/[\r\n]/)).filter((line) => !/^\s*#/.test(line))
  return lines.flatMap((line) => line.split(/[\s,]+/)).filter((entry) => entry !== '')
}

function findKeyProblem(secret: string, id: string | undefined): string | undefined {
  if (id !== undefined && !idPattern.test(id)) {
    return 'has an id that is not 1 to 16 characters of A–Z, a–z, 0–9, _ and -'
  }
  if (!secret.startsWith(KEY_PREFIX)) return `does not start with ${KEY_PREFIX}`
  const length = secret.length - KEY_PREFIX.length
  if (length !== SECRET_LENGTH) return `has ${length} characters after ${KEY_PREFIX} instead of ${SECRET_LENGTH}`
  if (!keyPattern.test(secret)) return 'has a character that is not base64url'
  return isCanonical(secret.slice(KEY_PREFIX.length))
    ? undefined
    : 'is not a valid encoding of 32 bytes: a character was altered'
}

function invalidKey(message: string, fix?: string): HookurlError {
  return new HookurlError('invalid_key', { message, fix })
}

function assertPurpose(purpose: unknown): void {
  if (isPlainText(purpose, 0, MAX_PURPOSE_LENGTH)) return
  throw invalidOption(
    `purpose must be a string of at most ${MAX_PURPOSE_LENGTH} characters without control characters`,
    'Shorten it.',
  )
}

function signingInfo(purpose: string): string {
  return `hookurl/1/HS256/${purpose}`
}

function stateInfo(purpose: string): string {
  return `hookurl/1/state/${purpose}`
}

function callerInfo(purpose: string): string {
  return `hookurl/1/caller/${purpose}`
}
