import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { Credit } from '../commands.ts'
import { addCredit } from './ledger.ts'
import { queueName, redisUrl } from './queue.ts'

// BullMQ requires `null`: a worker waits for Redis without a limit.
const redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
redis.on('error', (error) => console.error(`redis: ${error.message}`))

async function credit({ id, data }: Job<Credit>): Promise<void> {
  await sleep(50) // simulates a request to another service
  const isNew = await addCredit(redis, id ?? '', data)
  if (!isNew) console.log('already credited by a worker that died')
  await sleep(50) // simulates a notification
}

const worker = new Worker<Credit>(queueName, credit, {
  connection: redis,
  concurrency: 8,
  // Another worker takes over a killed worker's jobs once the lock has expired and the queue was checked twice.
  lockDuration: 3000,
  stalledInterval: 1000,
  // 1 by default: a job would fail for good when a second worker dies during it.
  maxStalledCount: 100,
})
worker.on('error', (error) => console.error(`worker: ${error.message}`))
worker.on('stalled', () => console.log('taken over from a worker that died'))
await worker.waitUntilReady()
console.log('worker ready')

process.once('SIGTERM', () => void worker.close().then(() => redis.disconnect()))
