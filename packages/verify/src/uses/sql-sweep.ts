import { runSql, type SqlExecutor } from './sql-executor.ts'

// How long a store waits before it looks for expired rows again, once none are left.
const SWEEP_PAUSE_MS = 1000
const SWEEP_LENGTH = 10
const SWEEP_TIMEOUT_MS = 30_000
const MAX_SWEEPS = 4

/**
 * Returns a function that deletes up to ten expired rows in the background, at most once a second unless there are more.
 */
export function createSweep(execute: SqlExecutor, sql: string): () => void {
  let nextSweep = 0
  /** Whether the last sweep found as many rows as it may delete. */
  let isBehind = false
  const running = new Set<{ readonly startedAt: number }>()

  async function run(startedAt: number): Promise<void> {
    const sweep = { startedAt }
    running.add(sweep)
    nextSweep = startedAt + SWEEP_PAUSE_MS
    try {
      isBehind = (await runSql(execute, sql, [])).changed === SWEEP_LENGTH
    } catch {
      // A failed sweep is repeated with the next call that is due.
      isBehind = false
    } finally {
      running.delete(sweep)
    }
  }

  return () => {
    const now = performance.now()
    for (const sweep of running) if (now - sweep.startedAt > SWEEP_TIMEOUT_MS) running.delete(sweep)
    // A database that does not respond gets no more than a few, which would otherwise take all connections.
    if (isBehind ? running.size < MAX_SWEEPS : now >= nextSweep && running.size === 0) void run(now)
  }
}
