// A receiver on so many processes: `scaling-server.ts 2`. Answers its parent with the port, and when it is asked with
// the processor time that its processes have used.
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { hookurl } from '@hookurl/verify/node'

if (cluster.isPrimary) {
  const workers = Array.from({ length: Number(process.argv[2]) }, () => cluster.fork())
  // They share one port.
  const [address] = await Promise.all(workers.map(untilListening))
  process.on('message', async () => {
    const costs = await Promise.all(workers.map(askForCost))
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

async function untilListening(worker: Worker): Promise<{ port: number }> {
  const [address] = (await once(worker, 'listening')) as [{ port: number }]
  return address
}

async function askForCost(worker: Worker): Promise<number> {
  worker.send('cost')
  const [cost] = (await once(worker, 'message')) as [number]
  return cost
}
