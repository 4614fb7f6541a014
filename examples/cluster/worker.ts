import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { book } from './ledger.ts'
import { type Credit, queueName, redisUrl } from './queue.ts'

// A worker waits for Redis for as long as it takes: `null` is what BullMQ asks for.
const redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
redis.on('error', (error) => console.error(`redis: ${error.message}`))

async function credit({ id, data }: Job<Credit>): Promise<void> {
  await sleep(50) // where the work would ask somebody
  const isNew = await book(redis, id ?? '', data)
  if (!isNew) console.log('credited before, by a worker that died')
  await sleep(50) // where it would tell somebody
}

const worker = new Worker<Credit>(queueName, credit, {
  connection: redis,
  concurrency: 8,
  // Another worker takes over a killed one's jobs after the lock has run out and two looks at the queue.
  lockDuration: 3000,
  stalledInterval: 1000,
  // 1 unless told: the second kill that meets a job would make it fail for good.
  maxStalledCount: 100,
})
worker.on('error', (error) => console.error(`worker: ${error.message}`))
worker.on('stalled', () => console.log('taken over from a worker that died'))
await worker.waitUntilReady()
console.log('worker ready')

process.once('SIGTERM', () => void worker.close().then(() => redis.disconnect()))
