import type { CryptoKey } from 'jose'
import { decodeBytes, derive, encodeBytes, importMacKey, type MacKey } from '#engine'
import { isCanonical } from '../crypto/base64url.ts'
import { HookurlError, invalidOption } from '../errors.ts'
import type { KeyRef } from '../hook.ts'
import { chain, isPromiseLike, type MaybePromise } from '../util/maybe-promise.ts'
import { isPlainText } from '../util/string.ts'
import { acceptedHeaders, jweHeader, jwsHeader } from './header.ts'

const prefix = 'hks_'
const idShape = /^[A-Za-z0-9_-]{1,16}$/
const keyShape = /^hks_[A-Za-z0-9_-]{43}$/

/** Keys separated by commas or white space, newest first, or an array of such texts. */
export type KeyringInput = string | readonly string[]

/** A keyring, or a function that returns one and is called at first use. */
export type KeysOption = KeyringInput | (() => KeyringInput | undefined) | undefined

/** One key of a keyring. Its 32 secret bytes are not enumerable, so that no log shows them. */
export interface Key {
  readonly index: number
  readonly id?: string
  readonly secret: Uint8Array
}

/** A derived signing key as a JSON Web Key (RFC 7517, RFC 7518 section 6.4). It is a secret. */
export interface DerivedJwk {
  readonly kty: 'oct'
  readonly alg: 'HS256'
  readonly use: 'sig'
  readonly kid?: string
  readonly k: string
}

/** One key, derived for a purpose. */
export interface DerivedKey {
  readonly ref: KeyRef
  readonly mac: MacKey
  /** The headers of what this key mints, encoded. */
  readonly jwsHeader: string
  readonly jweHeader: string
  /** The key that seals, derived when it is first needed. */
  getEncryptionKey(): Promise<CryptoKey>
}

/** A keyring, derived for a purpose: the first key mints; a token's header is looked up, never parsed. */
export interface DerivedKeyring {
  readonly first: DerivedKey
  readonly all: readonly DerivedKey[]
  readonly byJwsHeader: ReadonlyMap<string, readonly DerivedKey[]>
  readonly byJweHeader: ReadonlyMap<string, readonly DerivedKey[]>
}

/**
 * Makes a new key: `hks_` and 43 characters of base64url, 32 random bytes; with an id, `id:hks_…`.
 *
 * @throws {HookurlError} `invalid_option` for an id that is not 1–16 characters of `[A-Za-z0-9_-]`
 */
export function generateKey(options: { id?: string } = {}): string {
  const { id } = options
  if (id !== undefined && !idShape.test(id)) {
    throw invalidOption('the id of a key must be 1 to 16 characters of A–Z, a–z, 0–9, _ and -', 'Choose a shorter id.')
  }
  const text = prefix + encodeBytes(crypto.getRandomValues(new Uint8Array(32)))
  return id === undefined ? text : `${id}:${text}`
}

/**
 * Reads a keyring, newest first: the first key mints, all verify.
 *
 * @throws {HookurlError} `invalid_key` for no key, a malformed one, or two with the same secret or id
 */
export function parseKeys(keys: KeyringInput): Key[] {
  const texts = splitTexts(keys)
  if (texts.length === 0) {
    throw keyInvalid('there is no key', 'Set HOOKURL_KEYS (node --env-file=.env); `hookurl keys new` makes a key.')
  }
  const ids = new Set<string>()
  const secrets = new Set<string>()
  return texts.map((text, index) => {
    const colon = text.indexOf(':')
    const id = colon < 0 ? undefined : text.slice(0, colon)
    const secret = text.slice(colon + 1)
    const where = `key ${index + 1} of ${texts.length}`
    const problem = findProblem(secret, id)
    if (problem !== undefined) throw keyInvalid(`${where} ${problem}`)
    if (secrets.has(secret)) throw keyInvalid(`${where} is in the keyring twice`, 'Remove one of the two.')
    if (id !== undefined && ids.has(id)) throw keyInvalid(`${where} has the id of another key`, 'Give it its own id.')
    secrets.add(secret)
    if (id !== undefined) ids.add(id)
    const key = id === undefined ? { index } : { index, id }
    return Object.defineProperty(key, 'secret', { value: decodeBytes(secret.slice(4)) }) as Key
  })
}

/**
 * The derived signing key of a keyring's first key, or of one key, as a JWK: what another language's JWT library needs
 * to mint and verify the tokens of a purpose.
 *
 * @throws {HookurlError} `invalid_key`, `invalid_option`
 */
export async function deriveJwk(keys: KeyringInput | Key, purpose: string = ''): Promise<DerivedJwk> {
  checkPurpose(purpose)
  const key = typeof keys === 'object' && 'secret' in keys ? keys : (parseKeys(keys)[0] as Key)
  const bytes = await derive(key.secret, signingInfo(purpose))
  const id = key.id === undefined ? {} : { kid: key.id }
  return { kty: 'oct', alg: 'HS256', use: 'sig', ...id, k: encodeBytes(bytes) }
}

/**
 * Prepares a keyring for a purpose. Keys given as text are checked at once; they are derived at first use.
 *
 * @throws {HookurlError} `invalid_key`, `invalid_option`
 */
export function createKeyringLoader(keys: KeysOption, purpose: string = ''): () => MaybePromise<DerivedKeyring> {
  checkPurpose(purpose)
  let parsed = typeof keys === 'function' ? undefined : parseKeys(keys ?? '')
  let ring: MaybePromise<DerivedKeyring> | undefined
  return () => {
    if (ring !== undefined) return ring
    parsed ??= parseKeys(callForKeys(keys as () => KeyringInput | undefined))
    ring = deriveRing(parsed, purpose)
    // A promise is kept only until it has its value; one that failed is tried again.
    if (isPromiseLike(ring)) {
      ring.then(
        (value) => (ring = value),
        () => (ring = undefined),
      )
    }
    return ring
  }
}

function callForKeys(keys: () => KeyringInput | undefined): KeyringInput {
  try {
    return keys() ?? ''
  } catch (cause) {
    throw new HookurlError('invalid_key', { message: 'the function that gives the keys threw', fix: 'Mend it.', cause })
  }
}

function deriveRing(keys: readonly Key[], purpose: string): MaybePromise<DerivedKeyring> {
  const derived = keys.map((key) => deriveKey(key, purpose))
  return derived.some(isPromiseLike) ? Promise.all(derived).then(indexKeys) : indexKeys(derived as DerivedKey[])
}

function deriveKey(key: Key, purpose: string): MaybePromise<DerivedKey> {
  return chain(chain(derive(key.secret, signingInfo(purpose)), importMacKey), (mac): DerivedKey => {
    let encryptionKey: Promise<CryptoKey> | undefined
    const ref = key.id === undefined ? { index: key.index } : { index: key.index, id: key.id }
    return {
      ref: Object.freeze(ref),
      mac,
      jwsHeader: jwsHeader(key.id),
      jweHeader: jweHeader(key.id),
      getEncryptionKey: () => {
        encryptionKey ??= deriveEncryptionKey(key, purpose)
        return encryptionKey
      },
    }
  })
}

async function deriveEncryptionKey(key: Key, purpose: string): Promise<CryptoKey> {
  const bytes = await derive(key.secret, `hookurl/1/A256GCM/${purpose}`)
  return crypto.subtle.importKey('raw', bytes as Uint8Array<ArrayBuffer>, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

// A header without an id makes every key a candidate, one with an id only that key.
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

function splitTexts(keys: unknown): string[] {
  const texts = typeof keys === 'string' ? [keys] : keys
  if (!Array.isArray(texts) || texts.some((text) => typeof text !== 'string')) {
    throw keyInvalid('keys must be a text or an array of texts, or a function that returns one and not a promise')
  }
  return texts.flatMap((text: string) => text.split(/[\s,]+/)).filter((text) => text !== '')
}

function findProblem(secret: string, id: string | undefined): string | undefined {
  if (id !== undefined && !idShape.test(id)) return 'has an id that is not 1 to 16 characters of A–Z, a–z, 0–9, _ and -'
  if (!secret.startsWith(prefix)) return `does not start with ${prefix}`
  if (secret.length !== 47) return `has ${secret.length - 4} characters after ${prefix} where 43 belong`
  if (!keyShape.test(secret)) return 'has a character that is not base64url'
  return isCanonical(secret.slice(4)) ? undefined : 'does not end as 32 bytes do: a character of it was altered'
}

function keyInvalid(message: string, fix?: string): HookurlError {
  return new HookurlError('invalid_key', { message, fix })
}

function checkPurpose(purpose: unknown): void {
  if (isPlainText(purpose, 0, 64)) return
  throw invalidOption('purpose must be a text of at most 64 characters without control characters', 'Shorten it.')
}

function signingInfo(purpose: string): string {
  return `hookurl/1/HS256/${purpose}`
}
