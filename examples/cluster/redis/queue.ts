import { isDeepStrictEqual } from 'node:util'
import type { ReceivedHook } from '@hookurl/verify'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Credit, commands } from '../commands.ts'

export const queueName = 'credits'
export const redisUrl = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'

// A job is kept as long as its URL is valid, so that a late duplicate still finds it.
const lifetimeSeconds = 7 * 24 * 60 * 60

export function openQueue(connection: Redis): Queue<Credit> {
  return new Queue<Credit>(queueName, {
    connection,
    defaultJobOptions: {
      attempts: 10,
      backoff: { type: 'exponential', delay: 1000 },
      removeOnComplete: { age: lifetimeSeconds },
      // A job that failed ten times is kept for manual inspection.
      removeOnFail: false,
    },
  })
}

/**
 * Adds a job to the queue unless its id is already there.
 *
 * @returns false if the id belongs to another job: another caller has used the URL first
 */
export async function enqueue(queue: Queue<Credit>, id: string, credit: Credit): Promise<boolean> {
  await queue.add('credit', credit, { jobId: id })
  return isDeepStrictEqual((await queue.getJob(id))?.data, credit)
}

/** Returns the job id of a delivery: the same for every retry and duplicate, so that the queue accepts it once. */
export function getJobId({ maxUses, id, deliveryId }: ReceivedHook<typeof commands>): string {
  // BullMQ does not allow colons in job ids.
  return maxUses === 1 ? `use-${id}` : `delivery-${deliveryId.replaceAll(':', '-')}`
}
