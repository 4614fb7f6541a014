import type { MintOptions } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { toLifetime } from './flags.ts'

interface Column {
  /** The option of a URL that it sets, where that has another name. */
  readonly option?: keyof MintOptions
  readonly type: string
  read(value: unknown, name: string): unknown
}

const yes: ReadonlySet<unknown> = new Set([true, 'true', 'yes', '1'])
const no: ReadonlySet<unknown> = new Set([false, 'false', 'no', '0'])

/** The columns that say what is minted. */
const columns: Readonly<Record<string, Column>> = {
  command: { type: 'text', read: toText },
  userId: { type: 'text', read: toText },
  content: { type: 'text (in NDJSON: any JSON)', read: (value) => value },
  jsonContent: { option: 'content', type: 'JSON', read: toContent },
  redirectTo: { type: 'URL', read: toText },
  expiresIn: { type: '30d, 15m, seconds, never', read: (value, name) => toLifetime(toText(value, name)) },
  expiresAt: { type: 'moment, as --expires-at', read: toMoment },
  notBefore: { type: 'moment', read: toMoment },
  allowGet: { type: 'true or false', read: toFlag },
  issuedAt: { type: 'true or false', read: toFlag },
  uses: { type: 'whole number', read: toCount },
  id: { type: 'text', read: toText },
  seal: { type: 'true or false', read: toFlag },
}

/** The columns and their types, for help. */
export const columnHelp: readonly (readonly [name: string, type: string])[] = Object.entries(columns).map(
  ([name, { type }]) => [name, type],
)

const byPlainName = new Map(Object.keys(columns).map((name) => [toPlainName(name), name]))

/** Whether a name is one of a column of ours; a name that is nearly one is a mistake, and so is the answer's. */
export function isColumn(name: string): boolean {
  if (Object.hasOwn(columns, name)) return true
  if (name === 'url') throw invalidOption('there is a column url already', 'Rename it: the URLs go into this column.')
  const meant = byPlainName.get(toPlainName(name))
  if (meant === undefined) return false
  throw invalidOption(`the column ${name} is not one of mint's`, `Write ${meant}.`)
}

/**
 * What a row says, on top of what the flags say about all rows. An empty cell says nothing.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function toRowOptions(
  fields: Readonly<Record<string, unknown>>,
  defaults: Partial<MintOptions>,
): Partial<MintOptions> {
  const options: Record<string, unknown> = { ...defaults }
  if (isGiven(fields.expiresIn) || isGiven(fields.expiresAt)) {
    options.expiresIn = undefined
    options.expiresAt = undefined
  }
  if (isGiven(fields.content) && isGiven(fields.jsonContent)) {
    throw invalidOption('content and jsonContent contradict each other', 'Fill one of them.')
  }
  for (const name in fields) {
    const value = fields[name]
    if (!isGiven(value)) continue
    const { option = name, read } = columns[name] as Column
    options[option] = read(value, name)
  }
  return options
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function toText(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  // A number that was cut on the way in would name somebody else.
  if (Number.isSafeInteger(value)) return String(value)
  throw invalidOption(`${name} must be a text`, 'Write it in quotation marks.')
}

// In a row of JSON it is JSON already.
function toContent(value: unknown, name: string): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    throw invalidOption(`${name} is not JSON`, 'Write JSON, or use the column content for text.')
  }
}

function toMoment(value: unknown, name: string): Date {
  return parseTimestamp(toText(value, name), name)
}

function toFlag(value: unknown, name: string): boolean {
  const plain = typeof value === 'string' ? value.toLowerCase() : value
  if (yes.has(plain)) return true
  if (no.has(plain)) return false
  throw invalidOption(`${name} must be true or false`, 'Write true or false.')
}

function toCount(value: unknown, name: string): number {
  const text = toText(value, name)
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw invalidOption(`${name} must be a whole number`, 'Write digits only.')
}

function toPlainName(name: string): string {
  return name.replace(/[\s_-]/g, '').toLowerCase()
}
