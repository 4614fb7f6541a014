import type { MintOptions } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { parseExactJson } from '../io/exact-json.ts'
import { parseUnitlessSeconds } from '../io/flags.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'

interface Column {
  /** The option of `mint` that the column sets, if the option has another name. */
  readonly option?: keyof MintOptions
  readonly type: string
  parse(value: unknown, name: string): unknown
}

const trueValues: ReadonlySet<unknown> = new Set([true, 'true', 'yes', '1'])
const falseValues: ReadonlySet<unknown> = new Set([false, 'false', 'no', '0'])

const columns: Readonly<Record<string, Column>> = {
  command: { type: 'string', parse: parseString },
  userId: { type: 'string', parse: parseString },
  content: { type: 'string (in NDJSON: any JSON value)', parse: (value) => value },
  jsonContent: { option: 'content', type: 'JSON', parse: parseJson },
  redirectTo: { type: 'URL', parse: parseString },
  expiresIn: {
    type: '30d, 15m, seconds, or never',
    parse: (value, name) => parseUnitlessSeconds(parseString(value, name)),
  },
  expiresAt: { type: 'timestamp, as --expires-at', parse: parseTimestampCell },
  notBefore: { type: 'timestamp', parse: parseTimestampCell },
  allowGet: { type: 'true or false', parse: parseBoolean },
  issuedAt: { type: 'true or false', parse: parseBoolean },
  maxUses: { type: 'integer', parse: parseCount },
  id: { type: 'string; URLs with the same id share their uses', parse: parseString },
  requireSignature: { type: 'true or false', parse: parseBoolean },
  requireUser: { type: 'true or false', parse: parseBoolean },
  state: { type: 'string (in NDJSON: any state)', parse: (value) => value },
  jsonState: { option: 'state', type: 'JSON', parse: parseJson },
  encrypt: { type: 'true or false', parse: parseBoolean },
}

/** The columns and their types, for help. */
export const columnHelp: readonly (readonly [name: string, type: string])[] = Object.entries(columns).map(
  ([name, { type }]) => [name, type],
)

const namesByNormalized = new Map(Object.keys(columns).map((name) => [normalizeName(name), name]))

/** Whether a name is that of a column of `mint`, or differs from one only in case, spaces, `_` or `-`. */
export function isMintColumnName(name: string): boolean {
  return namesByNormalized.has(normalizeName(name))
}

/**
 * Whether `mint` reads a column with this name.
 *
 * @throws {HookurlError} `invalid_option` for `url`, which is the column of the output, and for a name that differs
 *   from a column of `mint` only in case, spaces, `_` or `-`
 */
export function isMintColumn(name: string): boolean {
  if (Object.hasOwn(columns, name)) return true
  if (name === 'url') {
    throw invalidOption(
      'the input already has a column named url',
      'Rename it: the minted URLs are written to this column.',
    )
  }
  const similar = namesByNormalized.get(normalizeName(name))
  if (similar === undefined) return false
  throw invalidOption(`unknown column ${name}`, `Rename it to ${similar}.`)
}

/**
 * Returns the options of a row: the defaults, overridden by its cells. An empty cell overrides nothing.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function toRowOptions(
  fields: Readonly<Record<string, unknown>>,
  defaults: Partial<MintOptions>,
): Partial<MintOptions> {
  const options: Record<string, unknown> = { ...defaults }
  if (isSet(fields.expiresIn) || isSet(fields.expiresAt)) {
    options.expiresIn = undefined
    options.expiresAt = undefined
  }
  for (const [name, jsonName] of [
    ['content', 'jsonContent'],
    ['state', 'jsonState'],
  ] as const) {
    if (isSet(fields[name]) && isSet(fields[jsonName])) {
      throw invalidOption(`${name} and ${jsonName} are both set`, 'Set one of them.')
    }
  }
  for (const name in fields) {
    const value = fields[name]
    if (!isSet(value)) continue
    const { option = name, parse } = columns[name] as Column
    options[option] = parse(value, name)
  }
  return options
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function parseString(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  // Larger numbers may have been rounded, which would make it a different ID.
  if (Number.isSafeInteger(value)) return String(value)
  throw invalidOption(`${name} must be a string`, 'Write it in quotation marks.')
}

// The values of NDJSON are already parsed.
function parseJson(value: unknown, name: string): unknown {
  if (typeof value !== 'string') return value
  const fix = `Write JSON, or use the column ${name === 'jsonState' ? 'state' : 'content'} for a string.`
  return parseExactJson(value, name, { message: `${name} is not JSON`, fix })
}

function parseTimestampCell(value: unknown, name: string): Date {
  return parseTimestamp(parseString(value, name), name)
}

function parseBoolean(value: unknown, name: string): boolean {
  const normalized = typeof value === 'string' ? value.toLowerCase() : value
  if (trueValues.has(normalized)) return true
  if (falseValues.has(normalized)) return false
  throw invalidOption(`${name} must be true or false`, 'Write true or false.')
}

function parseCount(value: unknown, name: string): number {
  const text = parseString(value, name)
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw invalidOption(`${name} must be an integer`, 'Use only digits.')
}

function normalizeName(name: string): string {
  return name.replace(/[\s_-]/g, '').toLowerCase()
}
