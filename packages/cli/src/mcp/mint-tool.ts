import { createMinter, type MintOptions, redact } from '@hookurl/core'
import {
  createKeyringLoader,
  invalidOption,
  type LocateResult,
  locateToken,
  type OpenedToken,
  openToken,
  parseDuration,
} from '@hookurl/core/internal'
import { assertExactMembers } from '../io/exact-json.ts'
import { defaultBaseUrl, type Settings } from '../keys/load.ts'
import { createInputSchema, type InputSchema, type PropertySchema } from './arguments.ts'
import type { Tool, ToolCall } from './tool.ts'

/** What the person who starts the server has decided about the URLs that it mints. */
export interface MintPolicy {
  /** The commands that may be minted, at least one. */
  readonly commands: readonly string[]
  /** The user ID of every URL; if it is undefined, each call sets its own. */
  readonly userId: string | undefined
  /** Without any, no URL redirects. */
  readonly redirectHosts: readonly string[]
  /** The longest lifetime, as it was written. */
  readonly maxExpiresIn: string | number
}

/** What a tool that mints needs. */
export interface MintToolOptions {
  readonly policy: MintPolicy
  readonly settings: Settings
  /** Is called with each URL, without its token. */
  onMint(line: string): void
}

const MAX_USES = 1000

/** The annotations of a tool that mints. */
export const mintAnnotations: Tool['annotations'] = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
}

/** Creates the schema of the arguments with which URLs are minted. */
export function createMintSchema(policy: MintPolicy, more: InputSchema['properties'] = {}): InputSchema {
  const { commands, userId, redirectHosts, maxExpiresIn } = policy
  const properties: Record<string, PropertySchema | undefined> = {
    command: { type: 'string', maxLength: 1024, enum: commands, description: 'The command that the URL runs.' },
    userId:
      userId === undefined
        ? { type: 'string', minLength: 1, maxLength: 1024, description: 'The user that the URL is for.' }
        : undefined,
    content: { description: 'Any JSON, to sign. Its holder can read it unless encrypt is set.' },
    expiresIn: {
      type: 'string',
      maxLength: 32,
      description: `The lifetime, such as "15m" or "2h"; at most ${formatLifetime(maxExpiresIn)}, the default.`,
    },
    redirectTo:
      redirectHosts.length === 0
        ? undefined
        : {
            type: 'string',
            maxLength: 1024,
            description: `Where browsers go afterwards: an https URL of ${redirectHosts.join(', ')}.`,
          },
    encrypt: { type: 'boolean', description: 'Encrypts the token, so that its holder cannot read it.' },
    ...more,
  }
  const defined = Object.entries(properties).filter(
    (entry): entry is [string, PropertySchema] => entry[1] !== undefined,
  )
  return createInputSchema(Object.fromEntries(defined), ['command'])
}

/**
 * Converts the arguments of a call to the options of a URL.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function toMintOptions({ args, argumentsJson }: ToolCall, policy: MintPolicy): MintOptions {
  // Numbers that would be rounded.
  if ('content' in args) assertExactMembers(argumentsJson(), ['content'])
  const { expiresIn = policy.maxExpiresIn } = args
  if (parseDuration(expiresIn, 'expiresIn') > parseDuration(policy.maxExpiresIn, 'expiresIn')) {
    const limit = formatLifetime(policy.maxExpiresIn)
    throw invalidOption(`expiresIn is longer than ${limit}, the limit of this server`, `Use at most ${limit}.`)
  }
  return { ...args, userId: policy.userId ?? args.userId, expiresIn } as MintOptions
}

/** Returns a line about a URL, without its token. */
export function describeMint(tool: string, url: string): string {
  return `${tool}: ${redact(url)}`
}

/** Creates the tool that mints URLs. */
export function createMintTool({ policy, settings, onMint }: MintToolOptions): Tool {
  const { keys, purpose, insecure, baseUrl = defaultBaseUrl } = settings
  const { redirectHosts, maxExpiresIn: expiresIn } = policy
  const minter = createMinter({ ...insecure, keys, purpose, baseUrl, expiresIn, redirectHosts })
  const maxUses: PropertySchema = {
    type: 'integer',
    minimum: 1,
    maximum: MAX_USES,
    description: 'How often the URL can be used. Its receiver needs a use store.',
  }
  const requireUser: PropertySchema = {
    type: 'boolean',
    description: 'Requires that the user of the URL is signed in to the application.',
  }
  return {
    name: 'mint',
    title: 'Mint a hook URL',
    description:
      'Mints a signed URL that runs a command when it is called with POST; GET shows a confirm page. Anyone who has the ' +
      'URL can use it until it expires: give it only to whom it is for, and write it to no log.',
    inputSchema: createMintSchema(policy, { maxUses, requireUser }),
    outputSchema: {
      type: 'object',
      properties: {
        url: { type: 'string' },
        expiresAt: { type: 'string', format: 'date-time' },
      },
      required: ['url', 'expiresAt'],
    },
    annotations: mintAnnotations,
    isLong: false,
    call: async (call) => {
      const url = await minter.mint(toMintOptions(call, policy))
      onMint(describeMint('mint', url))
      return { url, expiresAt: await readExpiry(url, settings) }
    },
  }
}

// A token that was minted here has an expiration time.
async function readExpiry(url: string, { keys, purpose }: Settings): Promise<Date> {
  const { segments } = locateToken(url) as Extract<LocateResult, { kind: 'valid' }>
  const { claims } = (await openToken(await createKeyringLoader(keys, purpose)(), segments)) as OpenedToken
  return new Date((claims.exp as number) * 1000)
}

function formatLifetime(duration: string | number): string {
  return typeof duration === 'number' ? `${duration} seconds` : duration
}
