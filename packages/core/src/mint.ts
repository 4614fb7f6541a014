import { encodeBytes, synchronous } from '#engine'
import { createTracer } from '#tracing'
import {
  type AnyCommands,
  type CommandDefinitions,
  type CommandName,
  type ContentInput,
  defineCommands,
  findCommand,
  formatPaths,
  validateWithSchema,
} from './commands.ts'
import { HookurlError, invalidOption } from './errors.ts'
import { assertSafeIntegers } from './exact-numbers.ts'
import { createMailHeaders, type MailHeaders } from './mail-headers.ts'
import { type Claims, isExpiry, serializeClaims } from './token/claims.ts'
import {
  asyncKeysError,
  createKeyringLoader,
  type DerivedKey,
  type DerivedKeyring,
  type KeysOption,
} from './token/keyring.ts'
import { deriveSigningSecret } from './token/signing-secret.ts'
import { deriveStateHash, type State, serializeState } from './token/state.ts'
import { encryptToken, type OpenedToken, openToken, signToken } from './token/token.ts'
import { buildUrl, parseBaseUrl, type TokenIn } from './url/base-url.ts'
import { locateToken } from './url/locate-token.ts'
import { createRedirectPolicy, normalizeRedirect } from './url/redirect-policy.ts'
import { assertKnownOptions, assertOptions, resolveClock } from './util/assert-options.ts'
import { type Duration, parseDuration } from './util/duration.ts'
import { chain, isPromiseLike, type MaybePromise } from './util/maybe-promise.ts'
import { memoizeLast } from './util/memoize-last.ts'
import { urlToString } from './util/string.ts'
import type { TraceEvent, Tracer } from './util/tracer.ts'

/** The options of a minter. */
export interface MinterOptions<D extends CommandDefinitions = AnyCommands> {
  /** The keyring, newest key first, or a function that returns it, even asynchronously. It is called once, on first use. */
  keys: KeysOption
  /**
   * The base of the hook URLs: absolute, without credentials or a fragment, and https. On hosts that are not public, http
   * is allowed too: `localhost`, private IP addresses, names without a dot, `*.local`, `*.localhost`, `*.internal`,
   * `*.test` and `home.arpa`.
   */
  baseUrl: string
  /** The default lifetime; `'never'` for URLs that never expire. */
  expiresIn: Duration | 'never'
  /** Separates URLs by purpose: one minted for a purpose is rejected for any other. At most 64 characters. */
  purpose?: string | undefined
  /** The result of `defineCommands`; without it, any command may be minted. */
  commands?: D | undefined
  /** Restricts redirects to these hosts: `'example.com'`, `'*.example.com'`, `'example.com:8443'`. */
  redirectHosts?: readonly string[] | undefined
  /** Where the token goes: the last segment of the path (`'path'`, the default) or the parameter `t` (`'query'`). */
  tokenIn?: TokenIn | undefined
  /** `'short'` omits the header and saves 21 characters; `'full'` by default. */
  tokenFormat?: 'full' | 'short' | undefined
  /** The maximum length of a URL, in characters; 2048 by default. */
  maxUrlLength?: number | undefined
  /** Allows a `baseUrl` with http on any host. Anyone on the network path can read and use its URLs. */
  allowInsecure?: boolean | undefined
  /** The clock, in epoch milliseconds. */
  now?: (() => number) | undefined
}

/** The options of one URL, apart from its command and content. */
interface MintFields {
  /** The user that the URL is for; a number or bigint is minted as its decimal representation. */
  userId?: string | number | bigint | undefined
  /** The absolute https URL (http for loopback hosts) that browsers are redirected to after the command has run. */
  redirectTo?: string | undefined
  /** Runs the command on GET too, not only on POST. */
  allowGet?: boolean | undefined
  /** The lifetime of this URL, instead of the minter's default. */
  expiresIn?: Duration | 'never' | undefined
  /** The time at which the URL expires, rounded down to the second. */
  expiresAt?: Date | undefined
  /** The time at which the URL becomes valid, rounded up to the second. */
  notBefore?: Date | undefined
  /** Includes the time of minting in the token. */
  issuedAt?: boolean | undefined
  /** How many times the URL may be used, 1 to 1000. Requires an expiration time, and a use store at the receiver. */
  maxUses?: number | undefined
  /** 1 to 64 characters of `[A-Za-z0-9_-]`; generated automatically if `maxUses` or `requireSignature` is set. */
  id?: string | undefined
  /** Encrypts the token, so that only the receiver can read its content. */
  encrypt?: boolean | undefined
  /**
   * Binds the URL to a state: it works only while the receiver's option `state` returns the same state. At most 4,096
   * bytes of JSON.
   */
  state?: State
  /**
   * Accepts only requests whose sender proves that it knows the URL's signing secret: see `signingSecret`. Cannot be
   * combined with `allowGet` or `requireUser`.
   */
  requireSignature?: boolean | undefined
  /**
   * Requires that the user in `userId` is signed in to the receiver's application. Cannot be combined with `allowGet` or
   * `requireSignature`.
   */
  requireUser?: boolean | undefined
}

/** The options of a signing secret. */
export interface SigningSecretOptions {
  /**
   * `'whsec'` (the default) for Standard Webhooks and Svix: `whsec_` and 44 characters of base64; `'plain'` for services
   * that accept any string: 43 characters of `[A-Za-z0-9_-]`.
   */
  encoding?: 'whsec' | 'plain' | undefined
}

/** `content` is optional if the schema accepts `undefined`. */
type ContentField<Content> = undefined extends Content ? { content?: Content } : { content: Content }

/** The options of one URL. */
export type MintOptions<D extends CommandDefinitions = AnyCommands> = {
  [C in CommandName<D>]: MintFields & { command: C } & ContentField<ContentInput<D, C>>
}[CommandName<D>]

/** Mints hook URLs. */
export interface Minter<D extends CommandDefinitions = AnyCommands> {
  /**
   * Mints a URL.
   *
   * @throws {HookurlError} `invalid_option`, `invalid_content`, `redirect_forbidden`, `url_too_long`, `invalid_key`,
   *   `keys_unavailable`
   */
  mint(options: MintOptions<D>): Promise<string>
  /**
   * Mints a URL synchronously, on runtimes with node:crypto: Node, Bun, Deno.
   *
   * @throws {HookurlError} as `mint`, and `sync_unsupported` without node:crypto or with asynchronous keys
   */
  mintSync(options: MintOptions<D>): string
  /**
   * Returns the signing secret of a URL that was minted with `requireSignature`: 32 bytes, derived from the URL. Enter it
   * at the service that sends the requests. Nothing is stored: the receiver derives the same secret from each request's
   * URL.
   *
   * @throws {HookurlError} `invalid_option` for any other URL; `no_token`, `malformed_token`, `invalid_signature` …
   */
  signingSecret(url: string, options?: SigningSecretOptions): Promise<string>
  /**
   * Like `signingSecret`, on runtimes with node:crypto: Node, Bun, Deno.
   *
   * @throws {HookurlError} as `signingSecret`, and `sync_unsupported` without node:crypto or with asynchronous keys
   */
  signingSecretSync(url: string, options?: SigningSecretOptions): string
  /**
   * Returns the email headers for one-click unsubscribe (RFC 8058). DKIM must sign both.
   *
   * @throws {HookurlError} `invalid_option` for an http URL, for one minted with `allowGet`, `requireSignature` or
   *   `requireUser`, and for a command with choices; `url_too_long` for a header of more than 998 characters; `no_token`,
   *   `invalid_signature` …
   */
  mailHeaders(url: string): Promise<MailHeaders>
  /**
   * Like `mailHeaders`, on runtimes with node:crypto: Node, Bun, Deno.
   *
   * @throws {HookurlError} as `mailHeaders`, and `sync_unsupported` without node:crypto or with asynchronous keys
   */
  mailHeadersSync(url: string): MailHeaders
}

interface MinterConfig {
  readonly commands: CommandDefinitions | undefined
  /** In seconds; `undefined` if URLs never expire. */
  readonly defaultLifetime: number | undefined
  readonly tokenFormat: 'full' | 'short'
  readonly now: () => number
  normalizeRedirect(redirectTo: string): string
  parseLifetime(expiresIn: Duration | 'never'): number | undefined
}

type AnyMintOptions = MintFields & { command: string; content?: unknown }

/**
 * What the tracing channel `hookurl:mint` of `node:diagnostics_channel` publishes about a URL that is minted: created at
 * `start`, completed at `end` (`mintSync`) or `asyncStart` (`mint`). It contains no token, key, content or user.
 */
export interface MintTrace extends TraceEvent {
  /** The command, if it is a string. */
  readonly command?: string
  /** Set once the URL is minted. */
  outcome?: 'minted'
  /** The index of the key in the keyring. */
  keyIndex?: number
}

const tracer: Tracer<MintTrace> = /* @__PURE__ */ createTracer<MintTrace>('hookurl:mint')
const minterNames: ReadonlySet<string> = new Set([
  'keys',
  'baseUrl',
  'expiresIn',
  'purpose',
  'commands',
  'redirectHosts',
  'tokenIn',
  'tokenFormat',
  'maxUrlLength',
  'allowInsecure',
  'now',
])
const mintNames: ReadonlySet<string> = new Set([
  'command',
  'userId',
  'content',
  'redirectTo',
  'allowGet',
  'expiresIn',
  'expiresAt',
  'notBefore',
  'issuedAt',
  'maxUses',
  'id',
  'encrypt',
  'state',
  'requireSignature',
  'requireUser',
])
const secretNames: ReadonlySet<string> = new Set(['encoding'])

/**
 * Creates a minter. All options are checked immediately; a `keys` function is called on first use.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
 * const url = minter.mintSync({ command: '/onWebhook', userId: 42 })
 */
export function createMinter<const D extends CommandDefinitions = AnyCommands>(options: MinterOptions<D>): Minter<D> {
  assertOptions(options, minterNames, 'createMinter')
  const config = toConfig(options)
  const urlParts = parseBaseUrl(options)
  const loadKeyring = createKeyringLoader(options.keys, options.purpose)

  function mintUrl(fields: AnyMintOptions): MaybePromise<string> {
    validateMintOptions(fields, config.tokenFormat)
    return chain(validateContent(config.commands, fields), () => {
      const claims = toClaims(fields, config)
      const json = serializeClaims(claims)
      if (fields.content !== undefined) assertSafeIntegers(json)
      const state = 'state' in fields ? serializeState(fields.state) : undefined
      return chain(loadKeyring(), (keyring) => {
        const bound = state === undefined ? json : bindToState(keyring, claims, state)
        return chain(bound, (text) => chain(createToken(keyring, text, fields), (token) => buildUrl(urlParts, token)))
      })
    })
  }

  function createToken(keyring: DerivedKeyring, claims: string, fields: AnyMintOptions): MaybePromise<string> {
    return fields.encrypt === true ? encryptToken(keyring, claims) : signToken(keyring, claims, config.tokenFormat)
  }

  function getSigningSecret(url: string, options: SigningSecretOptions): MaybePromise<string> {
    assertOptions(options, secretNames, 'signingSecret')
    const { encoding = 'whsec' } = options
    if (encoding !== 'whsec' && encoding !== 'plain') {
      throw invalidOption("encoding must be 'whsec' or 'plain'", "Set it to 'whsec' or 'plain'.")
    }
    return chain(loadKeyring(), (keyring) =>
      chain(openUrl(keyring, urlToString(url)), ({ claims, json, key }) => {
        if (claims.sig === undefined) {
          throw invalidOption('the URL was minted without requireSignature', 'Mint a URL with requireSignature.')
        }
        const deriving = deriveSigningSecret(keyring.all[key.index] as DerivedKey, json)
        return chain(deriving, (secret) =>
          encoding === 'plain' ? encodeBytes(secret) : `whsec_${toBase64(encodeBytes(secret))}`,
        )
      }),
    )
  }

  function getMailHeaders(given: string): MaybePromise<MailHeaders> {
    const url = parseUrl(given)
    return chain(loadKeyring(), (keyring) =>
      chain(openUrl(keyring, url.href), ({ claims }) => createMailHeaders(url, claims, config.commands)),
    )
  }

  // Keys that were loaded asynchronously are rejected, too: otherwise, a call would succeed or fail depending on others.
  function callSync<T>(method: string, call: () => MaybePromise<T>): T {
    if (!synchronous) throw new HookurlError('sync_unsupported', { fix: `Use ${method}.` })
    if (loadKeyring.isAsync()) throw asyncKeysError(method)
    const result = call()
    if (!isPromiseLike(result)) return result
    result.then(undefined, () => {})
    if (loadKeyring.isAsync()) throw asyncKeysError(method)
    throw invalidOption("the command's schema is asynchronous", `Use ${method}.`)
  }

  return {
    mailHeaders: async (url) => getMailHeaders(url),
    mailHeadersSync: (url) => callSync('mailHeaders', () => getMailHeaders(url)),
    signingSecret: async (url, options = {}) => getSigningSecret(url, options),
    signingSecretSync: (url, options = {}) => callSync('signingSecret', () => getSigningSecret(url, options)),
    mint: async (fields) => {
      if (!tracer.isActive()) return mintUrl(fields)
      const trace = createTrace(fields)
      return tracer.tracePromise(trace, async () => markMinted(trace, await mintUrl(fields)))
    },
    mintSync: (fields) => {
      if (!tracer.isActive()) return callSync('mint', () => mintUrl(fields))
      const trace = createTrace(fields)
      return tracer.traceSync(trace, () =>
        markMinted(
          trace,
          callSync('mint', () => mintUrl(fields)),
        ),
      )
    },
  }
}

function createTrace(fields: Partial<AnyMintOptions> | undefined): MintTrace {
  const command = fields?.command
  return typeof command === 'string' ? { command } : {}
}

// The first key mints.
function markMinted(trace: MintTrace, url: string): string {
  trace.outcome = 'minted'
  trace.keyIndex = 0
  return url
}

function bindToState(keyring: DerivedKeyring, claims: Claims, state: string): MaybePromise<string> {
  return chain(deriveStateHash(keyring.first, claims, state), (sta) => serializeClaims({ ...claims, sta }))
}

function openUrl(keyring: DerivedKeyring, url: string): MaybePromise<OpenedToken> {
  const located = locateToken(url)
  if (located.kind === 'none' || located.kind === 'ambiguous') throw new HookurlError(located.code)
  if (located.kind === 'damaged') throw new HookurlError('malformed_token')
  return chain(openToken(keyring, located.segments), (opened) => {
    if (!opened.ok) throw new HookurlError(opened.code)
    return opened
  })
}

// Percent-encodes what would end the header, or the URL in it.
function parseUrl(given: string): URL {
  try {
    return new URL(urlToString(given))
  } catch {
    throw invalidOption('not a URL', 'Pass the URL that mint returned.')
  }
}

// 32 bytes take 43 characters and one of padding.
function toBase64(text: string): string {
  return `${text.replaceAll('-', '+').replaceAll('_', '/')}=`
}

function toConfig(options: MinterOptions<CommandDefinitions>): MinterConfig {
  const { tokenFormat = 'full', commands } = options
  if (tokenFormat !== 'full' && tokenFormat !== 'short') {
    throw invalidOption("tokenFormat must be 'full' or 'short'", "Set it to 'full' or 'short'.")
  }
  if (options.expiresIn === undefined) {
    throw invalidOption('expiresIn is required', "Set expiresIn to a duration such as '30d', or to 'never'.")
  }
  const policy = createRedirectPolicy(options.redirectHosts)
  return {
    commands: commands === undefined ? undefined : defineCommands(commands),
    defaultLifetime: parseLifetime(options.expiresIn),
    tokenFormat,
    now: resolveClock(options.now),
    normalizeRedirect: memoizeLast((redirectTo: string) => normalizeRedirect(redirectTo, policy)),
    parseLifetime: memoizeLast(parseLifetime),
  }
}

function validateMintOptions(fields: AnyMintOptions, tokenFormat: 'full' | 'short'): void {
  if (typeof fields !== 'object' || fields === null) {
    throw invalidOption('mint requires an options object', 'Pass an object.')
  }
  assertKnownOptions(fields, mintNames, 'mint')
  if (fields.command === '*') {
    throw invalidOption("command must not be '*', which matches any command", 'Name one command.')
  }
  assertBoolean(fields.allowGet, 'allowGet')
  assertBoolean(fields.issuedAt, 'issuedAt')
  assertBoolean(fields.encrypt, 'encrypt')
  assertBoolean(fields.requireSignature, 'requireSignature')
  assertBoolean(fields.requireUser, 'requireUser')
  if (fields.encrypt === true && tokenFormat === 'short') {
    throw invalidOption('an encrypted token has no short format', "Use a minter with tokenFormat: 'full'.")
  }
  if (fields.expiresIn !== undefined && fields.expiresAt !== undefined) {
    throw invalidOption('expiresIn and expiresAt cannot be combined', 'Set one of them.')
  }
}

// What gets signed is the schema's input. It is validated after a JSON round trip, because the receiver will parse it.
function validateContent(commands: CommandDefinitions | undefined, fields: AnyMintOptions): MaybePromise<void> {
  if (commands === undefined) return
  const definition = findCommand(commands, fields.command)
  if (definition === undefined) {
    throw invalidOption('the command is not defined in commands', `Use one of: ${Object.keys(commands).join(', ')}.`)
  }
  if (definition.choices !== undefined && fields.allowGet === true) {
    throw invalidOption('allowGet cannot be combined with the choices of a command', 'Remove allowGet.')
  }
  if (definition.content === undefined) return
  return chain(validateWithSchema(definition.content, jsonRoundTrip(fields.content)), (result) => {
    if (result.ok) return
    const message = `the content does not match the command's schema: ${formatPaths(result.paths)}`
    throw new HookurlError('invalid_content', { message, paths: result.paths, exit: 2 })
  })
}

function toClaims(fields: AnyMintOptions, config: MinterConfig): Claims {
  return {
    cmd: fields.command,
    sub: toSubject(fields.userId),
    cnt: fields.content,
    rdr: fields.redirectTo === undefined ? undefined : config.normalizeRedirect(fields.redirectTo),
    exp: toExpiry(fields, config),
    nbf: fields.notBefore === undefined ? undefined : Math.ceil(toEpochSeconds(fields.notBefore, 'notBefore')),
    iat: fields.issuedAt === true ? Math.floor(config.now() / 1000) : undefined,
    jti: fields.id ?? (fields.maxUses === undefined && fields.requireSignature !== true ? undefined : generateId()),
    use: fields.maxUses,
    get: fields.allowGet === true ? 1 : undefined,
    sig: fields.requireSignature === true ? 1 : undefined,
    usr: fields.requireUser === true ? 1 : undefined,
  }
}

// Anything but an integer is returned as is, for `serializeClaims` to check.
function toSubject(userId: unknown): string | undefined {
  return typeof userId === 'bigint' || Number.isSafeInteger(userId) ? String(userId) : (userId as string | undefined)
}

function toExpiry(fields: AnyMintOptions, config: MinterConfig): number | undefined {
  if (fields.expiresAt !== undefined) {
    const expiry = Math.floor(toEpochSeconds(fields.expiresAt, 'expiresAt'))
    if (isExpiry(expiry)) return expiry
    throw invalidOption('expiresAt must be a time from 1970 to 9999', 'Set it to a Date between 1970 and 9999.')
  }
  const lifetime = fields.expiresIn === undefined ? config.defaultLifetime : config.parseLifetime(fields.expiresIn)
  return lifetime === undefined ? undefined : Math.floor(config.now() / 1000) + lifetime
}

function parseLifetime(expiresIn: Duration | 'never'): number | undefined {
  if (expiresIn === 'never') return undefined
  const seconds = Math.ceil(parseDuration(expiresIn, 'expiresIn'))
  if (seconds > 0) return seconds
  throw invalidOption('expiresIn must be longer than zero', "Set it to a duration such as '30d', or to 'never'.")
}

function toEpochSeconds(value: unknown, option: string): number {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime() / 1000
  throw invalidOption(`${option} must be a Date`, "Write new Date('2030-01-01T00:00:00Z').")
}

function assertBoolean(value: unknown, option: string): void {
  if (value !== undefined && typeof value !== 'boolean') {
    throw invalidOption(`${option} must be true or false`, 'Set it to true or false.')
  }
}

function jsonRoundTrip(content: unknown): unknown {
  try {
    return content === undefined ? undefined : JSON.parse(JSON.stringify(content))
  } catch {
    throw invalidOption('content must be a JSON value', 'Pass a value that JSON can represent.')
  }
}

function generateId(): string {
  return encodeBytes(crypto.getRandomValues(new Uint8Array(12)))
}
