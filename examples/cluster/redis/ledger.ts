import type { Redis } from 'ioredis'
import type { Credit } from '../commands.ts'

const key = 'ledger'

/**
 * Credits an account once per id. The entry is also the record that it is done, so a crash cannot separate the two.
 *
 * @returns whether the entry is new
 */
export async function addCredit(redis: Redis, id: string, { userId, points, order }: Credit): Promise<boolean> {
  return (await redis.hsetnx(key, id, JSON.stringify({ userId, points, order }))) === 1
}

/** Returns the entries of each account. */
export async function readLedger(redis: Redis): Promise<Map<string, Credit[]>> {
  const accounts = new Map<string, Credit[]>()
  for (const entry of await redis.hvals(key)) {
    const credit = JSON.parse(entry) as Credit
    accounts.set(credit.userId, [...(accounts.get(credit.userId) ?? []), credit])
  }
  return accounts
}
