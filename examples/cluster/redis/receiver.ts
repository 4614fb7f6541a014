import { createServer } from 'node:http'
import { hookurl } from '@hookurl/verify/node'
import { redisUseStore } from '@hookurl/verify/redis'
import { Redis } from 'ioredis'
import { commands } from '../commands.ts'
import { enqueue, getJobId, openQueue, redisUrl } from './queue.ts'

// Without an offline queue, a command that Redis cannot accept fails immediately, and the sender retries.
const redis = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2000 })
redis.on('error', (error) => console.error(`redis: ${error.message}`))
const queue = openQueue(redis)
await queue.waitUntilReady()

const server = createServer(
  hookurl({
    keys: process.env.HOOKURL_KEYS,
    commands,
    // The handler takes milliseconds. A short lease frees the use soon if this process is killed during it.
    uses: { store: redisUseStore(redis), lease: '2s', maxLease: '10s' },
    handlers: {
      '/credit': async (hook) => {
        const { points } = hook.content
        const credit = { userId: hook.userId ?? '', points, order: hook.payload.order }
        // Awaited, so that the response is sent once Redis has the job, and is an error otherwise.
        const isAccepted = await enqueue(queue, getJobId(hook), credit)
        return isAccepted ? undefined : new Response('another caller used this URL first', { status: 410 })
      },
    },
  }),
)
const port = Number(process.env.PORT ?? 8787)
server.listen(port, () => console.log(`receiver on port ${port}`))

process.once('SIGTERM', () => server.close(() => redis.disconnect()))
