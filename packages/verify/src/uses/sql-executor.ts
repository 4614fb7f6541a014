import { isPromiseLike, type MaybePromise } from '@hookurl/core/internal'

/**
 * Runs one SQL statement with its values, through the client of your choice, and returns what the client returns: the
 * rows, an object with `rows` or `results`, or an object with `affectedRows`.
 */
export type SqlExecutor = (sql: string, values: SqlValue[]) => unknown

/** A value of a statement. */
export type SqlValue = string | number

/** The SQL that the database speaks: PostgreSQL, SQLite, or MySQL and MariaDB. */
export type SqlDialect = 'postgres' | 'sqlite' | 'mysql'

/** The rows that a statement returned, or the number of rows that it changed. */
export interface SqlResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly changed: number
}

/**
 * Reads the result of any common client.
 *
 * @throws {TypeError} if it is none
 */
export function parseSqlResult(result: unknown): SqlResult {
  // mysql2 returns the result and its fields.
  const value: unknown = Array.isArray(result) && isResult(result[0]) ? result[0] : result
  if (Array.isArray(value)) return { rows: value, changed: value.length }
  if (typeof value !== 'object' || value === null) throw createError('neither rows nor affectedRows')
  if (isPromiseLike(value)) {
    value.then(undefined, () => {})
    throw createError('a promise: a transaction on SQLite must end before anything is awaited')
  }
  const rows: unknown = Reflect.get(value, 'rows') ?? Reflect.get(value, 'results')
  // Kysely returns `numAffectedRows` next to no rows.
  const changed: unknown = Reflect.get(value, 'affectedRows') ?? Reflect.get(value, 'numAffectedRows')
  const isCounted = typeof changed === 'number' || typeof changed === 'bigint'
  if (Array.isArray(rows)) return { rows, changed: rows.length > 0 || !isCounted ? rows.length : Number(changed) }
  if (isCounted) return { rows: [], changed: Number(changed) }
  throw createError('neither rows nor affectedRows')
}

function isResult(value: unknown): boolean {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && 'affectedRows' in value)
}

function createError(returned: string): TypeError {
  return new TypeError(`the function that runs SQL returned ${returned}`)
}

/** What the errors of the common clients have in common; some libraries wrap them. */
interface SqlErrorFacts {
  readonly codes: readonly unknown[]
  readonly message: string
}

/** Whether a statement failed because of another transaction, so that it can be run again. */
export function isConflict(error: unknown): boolean {
  const { codes, message } = getFacts(error)
  return codes.some((code) => conflictCodes.has(code)) || /database( table)? is locked|SQLITE_BUSY/.test(message)
}

/** Whether a row could not be inserted because its key exists. */
export function isDuplicateKey(error: unknown): boolean {
  return getFacts(error).codes.some((code) => code === 1062 || code === 'ER_DUP_ENTRY')
}

/** Whether the table does not exist. */
export function isMissingTable(error: unknown): boolean {
  const { codes, message } = getFacts(error)
  return codes.some((code) => missingCodes.has(code)) || message.includes('no such table')
}

/** Whether the database accepts no writes. */
export function isReadOnly(error: unknown): boolean {
  const { codes, message } = getFacts(error)
  return codes.some((code) => readOnlyCodes.has(code)) || /readonly database|SQLITE_READONLY/.test(message)
}

// PostgreSQL: serialization_failure, deadlock_detected. MySQL: ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, and MariaDB's
// ER_CHECKREAD.
const conflictCodes: ReadonlySet<unknown> = new Set(['40001', '40P01', 1205, 1213, 1020, 'SQLITE_BUSY'])
// PostgreSQL: undefined_table. MySQL: ER_NO_SUCH_TABLE.
const missingCodes: ReadonlySet<unknown> = new Set(['42P01', 1146])
// PostgreSQL: read_only_sql_transaction. MySQL: ER_OPTION_PREVENTS_STATEMENT, ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION.
const readOnlyCodes: ReadonlySet<unknown> = new Set(['25006', 1290, 1792, 'SQLITE_READONLY'])

function getFacts(error: unknown): SqlErrorFacts {
  const codes: unknown[] = []
  const messages: string[] = []
  let current: unknown = error
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
    codes.push(Reflect.get(current, 'code'), Reflect.get(current, 'errno'))
    messages.push(String(Reflect.get(current, 'message')))
    current = Reflect.get(current, 'cause')
  }
  return { codes, message: messages.join('\n') }
}

/** Runs a statement and reads its result. */
export async function runSql(execute: SqlExecutor, sql: string, values: SqlValue[]): Promise<SqlResult> {
  return parseSqlResult(await (execute(sql, values) as MaybePromise<unknown>))
}
