import { encodeBytes, synchronous } from '#engine'
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
import { type Claims, serializeClaims } from './token/claims.ts'
import { createKeyringLoader, type DerivedKeyring, type KeysOption } from './token/keyring.ts'
import { encryptToken, signToken } from './token/token.ts'
import { buildUrl, parseBaseUrl, type TokenIn } from './url/base-url.ts'
import { createRedirectPolicy, normalizeRedirect } from './url/redirect-policy.ts'
import { assertKnownOptions, assertOptions, resolveClock } from './util/assert-options.ts'
import { type Duration, parseDuration } from './util/duration.ts'
import { chain, type MaybePromise } from './util/maybe-promise.ts'
import { memoizeLast } from './util/memoize-last.ts'

/** How a minter makes its URLs. */
export interface MinterOptions<D extends CommandDefinitions = AnyCommands> {
  /** The keyring, newest first, or a function that returns it and is called at first use. */
  keys: KeysOption
  /** Where the hook URLs point to: absolute http or https, without credentials and fragment. */
  baseUrl: string
  /** The default lifetime, or `'never'`, chosen on purpose. */
  expiresIn: Duration | 'never'
  /** Separates keys by use: a URL minted for one purpose is refused for every other. At most 64 characters. */
  purpose?: string
  /** From `defineCommands`; without it any command may be minted. */
  commands?: D
  /** Narrows redirects to these hosts: `'example.com'`, `'*.example.com'`, `'example.com:8443'`. */
  redirectHosts?: readonly string[]
  /** Where the token stands: as the last segment of the path (the default) or as the parameter `t`. */
  tokenIn?: TokenIn
  /** `'short'` leaves the header out: 21 characters less. */
  tokenFormat?: 'full' | 'short'
  /** The longest URL, in characters; 2048 unless told. */
  maxUrlLength?: number
  /** The clock, in epoch milliseconds. */
  now?: () => number
}

interface MintFields {
  /** Whom the URL is for; a number or bigint is minted as its decimal text. */
  userId?: string | number | bigint
  /** An absolute https URL where a browser goes afterwards (http for loopback hosts). */
  redirectTo?: string
  /** Lets GET run the command too, not only POST. */
  allowGet?: boolean
  /** The lifetime of this URL, instead of the minter's. */
  expiresIn?: Duration | 'never'
  /** The moment from which this URL is refused; fractions of a second are cut off. */
  expiresAt?: Date
  /** The moment before which it is refused. */
  notBefore?: Date
  /** Signs the moment of minting too. */
  issuedAt?: boolean
  /** How often the URL may be used, 1 to 1000; needs an expiry, and a use store at the receiver. */
  maxUses?: number
  /** 1 to 64 characters of `[A-Za-z0-9_-]`; made by itself where `uses` is set. */
  id?: string
  /** Encrypts the token, so that its holder can't read it. */
  encrypt?: boolean
}

type ContentField<Content> = undefined extends Content ? { content?: Content } : { content: Content }

/** What one URL says. */
export type MintOptions<D extends CommandDefinitions = AnyCommands> = {
  [C in CommandName<D>]: MintFields & { command: C } & ContentField<ContentInput<D, C>>
}[CommandName<D>]

/** Mints hook URLs. */
export interface Minter<D extends CommandDefinitions = AnyCommands> {
  /**
   * Mints a URL, on every runtime.
   *
   * @throws {HookurlError} `invalid_option`, `invalid_content`, `redirect_forbidden`, `url_too_long`, `invalid_key`
   */
  mint(options: MintOptions<D>): Promise<string>
  /**
   * Mints a URL at once, where there is node:crypto: Node, Bun, Deno.
   *
   * @throws {HookurlError} as `mint`, and `sync_unsupported` with `seal` or without node:crypto
   */
  mintSync(options: MintOptions<D>): string
}

interface Settings {
  readonly commands: CommandDefinitions | undefined
  readonly defaultLifetime: number | undefined
  readonly tokenFormat: 'full' | 'short'
  readonly now: () => number
  /** What is signed for a redirect. */
  normalize(redirect: string): string
  lifetimeOf(expiresIn: Duration | 'never'): number | undefined
}

type AnyMintOptions = MintFields & { command: string; content?: unknown }

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
])

/**
 * Makes a minter. Every mistake in the options is reported here, or at the call that makes it.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
 * const url = minter.mintSync({ command: '/onWebhook', userId: 42 })
 */
export function createMinter<const D extends CommandDefinitions = AnyCommands>(options: MinterOptions<D>): Minter<D> {
  assertOptions(options, minterNames, 'createMinter')
  const settings = toSettings(options)
  const placement = parseBaseUrl(options.baseUrl, options.tokenIn, options.maxUrlLength)
  const ring = createKeyringLoader(options.keys, options.purpose)

  function run(given: AnyMintOptions): MaybePromise<string> {
    checkMintOptions(given, settings)
    return chain(checkContent(settings.commands, given), () => {
      const claims = serializeClaims(toClaims(given, settings))
      return chain(ring(), (keys) => chain(encode(keys, claims, given), (token) => buildUrl(placement, token)))
    })
  }

  function encode(keys: DerivedKeyring, claims: string, given: AnyMintOptions): MaybePromise<string> {
    return given.encrypt === true ? encryptToken(keys, claims) : signToken(keys, claims, settings.tokenFormat)
  }

  return {
    mint: async (given) => run(given),
    mintSync: (given) => {
      if (!synchronous || given?.encrypt === true) throw new HookurlError('sync_unsupported', { fix: 'Use mint.' })
      const url = run(given)
      if (typeof url === 'string') return url
      url.catch(() => {})
      throw invalidOption('the schema of the command is asynchronous', 'Use mint.')
    },
  }
}

function toSettings(options: MinterOptions<CommandDefinitions>): Settings {
  const { tokenFormat = 'full', commands } = options
  if (tokenFormat !== 'full' && tokenFormat !== 'short')
    throw invalidOption("tokenFormat must be 'full' or 'short'", 'Choose one.')
  if (options.expiresIn === undefined) {
    throw invalidOption(
      'expiresIn is missing: a URL needs a lifetime',
      "Set expiresIn to '30d' or the like, or to 'never'.",
    )
  }
  const policy = createRedirectPolicy(options.redirectHosts)
  return {
    commands: commands === undefined ? undefined : defineCommands(commands),
    defaultLifetime: toLifetime(options.expiresIn),
    tokenFormat,
    now: resolveClock(options.now),
    normalize: memoizeLast((redirect: string) => normalizeRedirect(redirect, policy)),
    lifetimeOf: memoizeLast(toLifetime),
  }
}

function checkMintOptions(given: AnyMintOptions, { tokenFormat }: Settings): void {
  if (typeof given !== 'object' || given === null)
    throw invalidOption('mint takes an object of options', 'Pass an object.')
  assertKnownOptions(given, mintNames, 'mint')
  checkFlag(given.allowGet, 'allowGet')
  checkFlag(given.issuedAt, 'issuedAt')
  checkFlag(given.encrypt, 'encrypt')
  if (given.encrypt === true && tokenFormat === 'short') {
    throw invalidOption('a sealed token has no short form', "Mint it with a minter whose form is 'full'.")
  }
  if (given.expiresIn !== undefined && given.expiresAt !== undefined) {
    throw invalidOption('expiresIn and expiresAt contradict each other', 'Set one of them.')
  }
}

// What is signed is the schema's input; it is checked as the receiver will read it, after JSON.
function checkContent(commands: CommandDefinitions | undefined, given: AnyMintOptions): MaybePromise<void> {
  if (commands === undefined) return
  const definition = findCommand(commands, given.command)
  if (definition === undefined) {
    throw invalidOption('the command is not one of commands', `Use one of: ${Object.keys(commands).join(', ')}.`)
  }
  if (definition.content === undefined) return
  return chain(validateWithSchema(definition.content, jsonRoundTrip(given.content)), (checked) => {
    if (checked.ok) return
    const message = `the schema of the command refuses the content: ${formatPaths(checked.paths)}`
    throw new HookurlError('invalid_content', { message, paths: checked.paths, exit: 2 })
  })
}

function toClaims(given: AnyMintOptions, settings: Settings): Claims {
  return {
    cmd: given.command,
    sub: toUserId(given.userId),
    cnt: given.content,
    rdr: given.redirectTo === undefined ? undefined : settings.normalize(given.redirectTo),
    exp: toExpiry(given, settings),
    nbf: given.notBefore === undefined ? undefined : Math.ceil(toMoment(given.notBefore, 'notBefore')),
    iat: given.issuedAt === true ? Math.floor(settings.now() / 1000) : undefined,
    jti: given.id ?? (given.maxUses === undefined ? undefined : randomId()),
    use: given.maxUses,
    get: given.allowGet === true ? 1 : undefined,
  }
}

function toUserId(value: unknown): string | undefined {
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : (value as string | undefined)
}

function toExpiry(given: AnyMintOptions, { defaultLifetime, lifetimeOf, now }: Settings): number | undefined {
  if (given.expiresAt !== undefined) return Math.floor(toMoment(given.expiresAt, 'expiresAt'))
  const lifetime = given.expiresIn === undefined ? defaultLifetime : lifetimeOf(given.expiresIn)
  return lifetime === undefined ? undefined : Math.floor(now() / 1000) + lifetime
}

function toLifetime(value: Duration | 'never'): number | undefined {
  if (value === 'never') return undefined
  const seconds = Math.ceil(parseDuration(value, 'expiresIn'))
  if (seconds > 0) return seconds
  throw invalidOption('expiresIn must be longer than zero', "Set it to '30d' or the like, or to 'never'.")
}

function toMoment(value: unknown, option: string): number {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime() / 1000
  throw invalidOption(`${option} must be a Date`, `Write new Date('2030-01-01T00:00:00Z').`)
}

function checkFlag(value: unknown, option: string): void {
  if (value !== undefined && typeof value !== 'boolean') {
    throw invalidOption(`${option} must be true or false`, `Correct ${option}.`)
  }
}

function jsonRoundTrip(content: unknown): unknown {
  try {
    return content === undefined ? undefined : JSON.parse(JSON.stringify(content))
  } catch {
    throw invalidOption('content must be a JSON value', 'Correct content.')
  }
}

function randomId(): string {
  return encodeBytes(crypto.getRandomValues(new Uint8Array(12)))
}
