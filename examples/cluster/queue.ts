import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { ReceivedHook } from '@hookurl/verify'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { commands } from './commands.ts'

export const queueName = 'credits'
export const redisUrl = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'

/** How long a URL lives. Its job is kept as long, so that a late repeat still finds it. */
export const lifetime = '7d'
const lifetimeSeconds = 7 * 24 * 60 * 60

/** What a worker is told: what was signed, and which order the caller named. */
export interface Credit {
  readonly userId: string
  readonly points: number
  readonly order: string
}

export function openQueue(connection: Redis): Queue<Credit> {
  return new Queue<Credit>(queueName, {
    connection,
    defaultJobOptions: {
      attempts: 10,
      backoff: { type: 'exponential', delay: 1000 },
      removeOnComplete: { age: lifetimeSeconds },
      // What failed ten times waits for a person.
      removeOnFail: false,
    },
  })
}

/**
 * Puts a job on the queue, unless it is there.
 *
 * @returns false where the id's job is another one: a URL for one use, and somebody else was first
 */
export async function enqueue(queue: Queue<Credit>, id: string, credit: Credit): Promise<boolean> {
  await queue.add('credit', credit, { jobId: id })
  return isDeepStrictEqual((await queue.getJob(id))?.data, credit)
}

/** The same for every repeat of a delivery, so that the queue takes it once. */
export function getJobId(hook: ReceivedHook<typeof commands>): string {
  if (hook.maxUses === 1) return `use-${hook.id}`
  // A URL for many deliveries: they are told apart by their sender's name for them, or else by all that was sent.
  const { command, userId, content, id, headers, query } = hook
  const sent = headers.get('webhook-id') ?? [query, Buffer.from(hook.rawBody()).toString('base64')]
  const text = JSON.stringify([command, userId, content, id, sent])
  return `delivery-${createHash('sha256').update(text).digest('hex')}`
}
