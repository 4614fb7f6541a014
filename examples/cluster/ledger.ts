import type { Redis } from 'ioredis'
import type { Credit } from './queue.ts'

const key = 'ledger'

/**
 * Credits an account, once for an id: the entry and the note that it is there are one thing, so that no crash comes
 * between them. In SQL: a row with a unique id.
 *
 * @returns whether it was new
 */
export async function book(redis: Redis, id: string, { userId, points, order }: Credit): Promise<boolean> {
  return (await redis.hsetnx(key, id, JSON.stringify({ userId, points, order }))) === 1
}

/** The entries of each account. */
export async function readLedger(redis: Redis): Promise<Map<string, Credit[]>> {
  const accounts = new Map<string, Credit[]>()
  for (const entry of await redis.hvals(key)) {
    const credit = JSON.parse(entry) as Credit
    accounts.set(credit.userId, [...(accounts.get(credit.userId) ?? []), credit])
  }
  return accounts
}
