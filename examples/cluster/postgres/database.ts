import { createUseSchema } from '@hookurl/verify/sql'
import { Pool, type PoolClient } from 'pg'

const ledgerTable =
  'CREATE TABLE IF NOT EXISTS ledger (user_id text NOT NULL, points int NOT NULL, order_id text NOT NULL)'

export function openPool(connectionString: string | undefined = process.env.DATABASE_URL): Pool {
  const pool = new Pool({
    connectionString,
    connectionTimeoutMillis: 2000,
    // If the machine of a receiver fails in a transaction, its locks are released after this time.
    idle_in_transaction_session_timeout: 5000,
  })
  const logError = (error: Error): void => console.error(`postgres: ${error.message}`)
  pool.on('error', logError)
  // Without it, a connection that breaks in a transaction would end the process.
  pool.on('connect', (client) => client.on('error', logError))
  return pool
}

/** Runs `work` in a transaction, and returns once it is committed. */
export async function transact<T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect()
  try {
    await tx.query('BEGIN')
    const result = await work(tx)
    await tx.query('COMMIT')
    tx.release()
    return result
  } catch (error) {
    // Closes the connection, which rolls back.
    tx.release(true)
    throw error
  }
}

/** Creates the tables, unless they exist. In your application, this is a migration. */
export async function createTables(pool: Pool): Promise<void> {
  await transact(pool, async (tx) => {
    // Only one of several receivers that start together creates them.
    await tx.query('SELECT pg_advisory_xact_lock(1)')
    for (const statement of [...createUseSchema('postgres'), ledgerTable]) await tx.query(statement)
  })
}
