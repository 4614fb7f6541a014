// A receiver on several processes: `scaling-server.ts 2`. It sends its port to the parent process, and the processor
// time of all its processes whenever the parent asks for it.
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { hookurl } from '@hookurl/verify/node'

if (cluster.isPrimary) {
  const workers = Array.from({ length: Number(process.argv[2]) }, () => cluster.fork())
  // All workers share one port.
  const [address] = await Promise.all(workers.map(waitForListening))
  process.on('message', async () => {
    const costs = await Promise.all(workers.map(requestCost))
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuMicros: costs.reduce((sum, cost) => sum + cost, user + system) })
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ port: address?.port })
} else {
  const handlers = { '/onWebhook': (): void => {} }
  createServer(hookurl({ keys: process.env.HOOKURL_KEYS, handlers })).listen(0, '127.0.0.1')
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
}

async function waitForListening(worker: Worker): Promise<{ port: number }> {
  const [address] = (await once(worker, 'listening')) as [{ port: number }]
  return address
}

async function requestCost(worker: Worker): Promise<number> {
  worker.send('cost')
  const [cost] = (await once(worker, 'message')) as [number]
  return cost
}
