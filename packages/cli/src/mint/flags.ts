import type { MintOptions } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { readValue } from '../io/input.ts'
import type { KeyFlags } from '../keys/load.ts'

/** The flags of `mint`. */
export interface MintFlags extends KeyFlags {
  command?: string
  userId?: string
  content?: string
  jsonContent?: string
  redirectTo?: string
  redirectHost?: string[]
  expiresIn?: string
  expiresAt?: Date
  notBefore?: Date
  issuedAt?: true
  allowGet?: true
  maxUses?: number
  id?: string
  encrypt?: true
  tokenFormat?: 'full' | 'short'
  tokenIn?: 'path' | 'query'
  maxUrlLength?: number
  from?: string
  errors?: string
  output?: string
  qr?: true
}

/** What the flags say about a URL; the lifetime is the minter's. */
export async function toMintOptions(flags: MintFlags): Promise<Partial<MintOptions>> {
  const { command, userId, redirectTo, expiresAt, notBefore, issuedAt, allowGet, maxUses, id, encrypt } = flags
  const content = await readContent(flags)
  return { command, userId, content, redirectTo, expiresAt, notBefore, issuedAt, allowGet, uses, id, seal }
}

async function readContent({ content, jsonContent }: MintFlags): Promise<unknown> {
  if (content !== undefined) return readValue(content, '--content')
  if (jsonContent === undefined) return undefined
  const text = await readValue(jsonContent, '--json-content')
  try {
    return JSON.parse(text)
  } catch {
    throw invalidOption('--json-content is not JSON', 'Write JSON, such as \'{"order":7}\', or use --content for text.')
  }
}

/** A number without a unit is seconds, as in the library. */
export function toLifetime(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text
}
