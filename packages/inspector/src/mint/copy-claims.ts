import { JsonNumber, stringifyJson } from '@hookurl/presentation/json'
import type { MintRequest } from '@hookurl/presentation/protocol'

type Claims = Readonly<Record<string, unknown>>

/** What the mint form needs to mint another URL with the same claims. */
export interface MintCopy {
  readonly fields: Partial<MintRequest>
  /** Whether the URL is bound to a state, which the claims do not contain. */
  readonly isStateBound: boolean
}

interface CopySource {
  readonly claims: Claims
  /** The URL that has the claims, or a token. */
  readonly input: string
  /** In epoch milliseconds. */
  readonly now: number
}

/** Returns the fields of the mint form for another URL with the same claims. It is valid for as long as the first was. */
export function copyClaims({ claims, input, now }: CopySource): MintCopy {
  const { cmd, sub, cnt, rdr, get, use, sta, sig, usr } = claims
  const fields = {
    command: toField(cmd),
    userId: toField(sub),
    ...getContent(cnt),
    redirectTo: toField(rdr),
    expiresIn: getLifetime(claims, now),
    maxUses: toField(use),
    allowGet: isSet(get),
    requireSignature: isSet(sig),
    requireUser: isSet(usr),
    ...getBaseUrl(input),
  }
  return { fields, isStateBound: sta !== undefined }
}

function getContent(content: unknown): Pick<MintRequest, 'content' | 'contentIsJson'> {
  if (content === undefined) return { content: '', contentIsJson: false }
  // An empty field means no content.
  if (typeof content === 'string' && content !== '') return { content, contentIsJson: false }
  return { content: stringifyJson(content), contentIsJson: true }
}

function getLifetime({ iat, exp }: Claims, now: number): string {
  const end = toNumber(exp)
  if (end === undefined) return 'never'
  const seconds = Math.round(end - (toNumber(iat) ?? now / 1000))
  if (seconds <= 0) return '30d'
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

/** The part before the token, if the token is the last part of a path. */
function getBaseUrl(input: string): Partial<MintRequest> {
  try {
    const { origin, pathname, search } = new URL(input)
    const slash = pathname.lastIndexOf('/')
    const isToken = pathname.slice(slash + 1).includes('.')
    return isToken && search === '' && origin !== 'null' ? { baseUrl: origin + pathname.slice(0, slash) } : {}
  } catch {
    return {}
  }
}

function toField(value: unknown): string {
  if (value === undefined || value === null) return ''
  return value instanceof JsonNumber ? value.literal : String(value)
}

function isSet(value: unknown): boolean {
  return toNumber(value) === 1
}

function toNumber(value: unknown): number | undefined {
  if (value instanceof JsonNumber) return Number(value.literal)
  return typeof value === 'number' ? value : undefined
}
