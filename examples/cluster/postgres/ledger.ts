import type { Pool } from 'pg'
import type { Credit } from '../commands.ts'

/** Returns the entries of each account. Nothing in the table prevents duplicates. */
export async function readLedger(pool: Pool): Promise<Map<string, Credit[]>> {
  const { rows } = await pool.query<Credit>('SELECT user_id AS "userId", points, order_id AS "order" FROM ledger')
  const accounts = new Map<string, Credit[]>()
  for (const credit of rows) accounts.set(credit.userId, [...(accounts.get(credit.userId) ?? []), credit])
  return accounts
}
