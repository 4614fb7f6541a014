import { HookurlError } from '@hookurl/core'
import { isMissingTable, isReadOnly } from './sql-executor.ts'

/** What the errors of a store say. */
export interface SqlErrorHelp {
  /** The store, as in 'the use store'. */
  readonly what: string
  /** What creates its table. */
  readonly createTable: string
}

/** Names the common mistakes of a database's setup; returns any other error as it is. */
export function describeSqlError(error: unknown, { what, createTable }: SqlErrorHelp): unknown {
  if (isMissingTable(error)) {
    return new HookurlError('store_unavailable', {
      message: `the table of ${what} does not exist`,
      fix: `Create it with ${createTable}`,
      cause: error,
    })
  }
  if (isReadOnly(error)) {
    return new HookurlError('store_unavailable', {
      message: `the database of ${what} accepts no writes`,
      fix: 'Connect to the primary.',
      cause: error,
    })
  }
  return error
}

/** The error of a connection on which a statement alone is not committed. */
export function createAutocommitError(what: string): HookurlError {
  return new HookurlError('store_unavailable', {
    message: `the connection of ${what} does not commit its statements`,
    fix: 'Set autocommit to 1 for the connections of the store.',
  })
}
