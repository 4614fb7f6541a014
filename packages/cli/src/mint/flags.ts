import type { MintOptions } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { parseExactJson } from '../io/exact-json.ts'
import { readValue } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import { readState } from '../io/read-state.ts'
import { assertOtherFile } from '../io/same-file.ts'
import type { KeyFlags, Settings } from '../keys/load.ts'

const STDIN = 0
const STDOUT = 1

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
  requireSignature?: true
  encrypt?: true
  state?: string
  jsonState?: string
  requireUser?: true
  tokenFormat?: 'full' | 'short'
  tokenIn?: 'path' | 'query'
  maxUrlLength?: number
  from?: string
  errors?: string
  output?: string
  qr?: true
}

/** Returns the options of a URL that the flags set, except for its lifetime, which is an option of the minter. */
export async function toMintOptions(flags: MintFlags): Promise<Partial<MintOptions>> {
  const { command, userId, redirectTo, expiresAt, notBefore, issuedAt, allowGet, maxUses, id, encrypt } = flags
  const { requireSignature, requireUser } = flags
  const content = await readContent(flags)
  const fields = { command, userId, content, redirectTo, expiresAt, notBefore, issuedAt, allowGet, maxUses, id }
  return { ...fields, encrypt, requireSignature, requireUser, ...(await readState(flags)) }
}

/**
 * Checks that the flags can be combined.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function assertMintFlags({ command, encrypt, tokenFormat, from, errors, output, qr, id }: MintFlags): void {
  if (command === undefined && from === undefined) {
    throw invalidOption('--command is missing', 'Name the command to run: --command /onWebhook.')
  }
  if (encrypt === true && tokenFormat === 'short') {
    throw invalidOption('--encrypt and --token-format short cannot be combined', 'Remove one of them.')
  }
  if (output !== undefined && from === undefined && qr === undefined) {
    throw invalidOption('-o requires --from or --qr', 'To write one URL to a file, use `hookurl mint … > file`.')
  }
  if (from === undefined && errors !== undefined) {
    throw invalidOption('--errors requires --from', 'Remove it.')
  }
  if (from !== undefined && (id !== undefined || qr !== undefined)) {
    const flag = qr === undefined ? '--id' : '--qr'
    throw invalidOption(`${flag} cannot be combined with --from`, 'Remove it; use a column id for IDs.')
  }
}

/**
 * Checks that no output file is also another file of the command, whose content would be lost. `-o` may be `--from`.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function assertDistinctFiles({ from, errors, output }: MintFlags): Promise<void> {
  await assertOtherFile({ name: '--errors', file: errors }, [
    output === undefined ? { name: 'stdout', file: STDOUT } : { name: '-o', file: output },
    from === '-' ? { name: 'stdin', file: STDIN } : { name: '--from', file: from },
  ])
}

/**
 * Checks that the keys are not overwritten.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function assertKeepsKeys({ errors, output }: MintFlags, { path }: Settings): Promise<void> {
  const keys = [{ name: 'the keyring file', file: path }]
  await assertOtherFile({ name: '--errors', file: errors }, keys)
  await assertOtherFile({ name: '-o', file: output }, keys)
}

/** Notes that `--content` signs a string, if its value is a JSON object or array. */
export function noteStringContent(
  { content: flag }: Pick<MintFlags, 'content'>,
  content: unknown,
  output: Output,
): void {
  if (flag === undefined || typeof content !== 'string' || !isJsonContainer(content)) return
  output.note('--content is signed as a string; --json-content signs JSON.')
}

function isJsonContainer(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

async function readContent({ content, jsonContent }: MintFlags): Promise<unknown> {
  if (content !== undefined) return readValue(content, '--content')
  if (jsonContent === undefined) return undefined
  const text = await readValue(jsonContent, '--json-content')
  return parseExactJson(text, 'content', {
    message: '--json-content is not JSON',
    fix: 'Write JSON, such as \'{"order":7}\', or use --content for a string.',
  })
}
