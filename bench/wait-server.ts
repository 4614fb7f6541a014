// Calls the URLs that it gets from the parent process through a receiver of its own, which shares a store with the waiter
// of the parent, and sends back when each call got its response.
import { createReceiver } from '@hookurl/verify'
import { createWaiter, redisWaitStore } from '@hookurl/verify/wait'
import { createClient } from 'redis'
import { baseUrl, type Call, type CallTime, keys } from './wait-calls.ts'

const client = await createClient({ url: process.argv[2] ?? '' }).connect()
const { receiver: options } = createWaiter({ keys, baseUrl, waits: redisWaitStore(client) })
const receiver = createReceiver(options)

process.on('message', async ({ id, url }: Call) => {
  const { status } = await receiver.fetch(new Request(url, { method: 'POST', body: '{"status":"done"}' }))
  const time: CallTime = { id, status, at: performance.timeOrigin + performance.now() }
  process.send?.(time)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
