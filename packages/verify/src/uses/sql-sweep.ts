import { runSql, type SqlExecutor } from './sql-executor.ts'

// How long a store waits before it looks for expired rows again, once none are left.
const SWEEP_PAUSE_MS = 1000
const SWEEP_LENGTH = 10

/** Returns a function that deletes up to ten expired rows in the background, at most once a second unless there are more. */
export function createSweep(execute: SqlExecutor, sql: string): () => void {
  let nextSweep = 0
  // A database that does not respond must not get one statement after another.
  let isSweeping = false
  // A failed sweep is repeated with the next call that is due.
  return () => {
    const startedAt = performance.now()
    if (isSweeping || startedAt < nextSweep) return
    nextSweep = startedAt + SWEEP_PAUSE_MS
    isSweeping = true
    runSql(execute, sql, [])
      .then(
        ({ changed }) => {
          if (changed === SWEEP_LENGTH) nextSweep = 0
        },
        () => {},
      )
      .finally(() => (isSweeping = false))
  }
}
