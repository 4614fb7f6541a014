// A receiver in its own process; GET /memory returns the memory in use after a garbage collection.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { hookurl } from '@hookurl/verify/node'
import { command, policy } from './fixtures.ts'

let runs = 0
const receive = hookurl({ ...policy, onError: () => {}, handlers: { [command]: () => void runs++ } })
const server = createServer(async (request, response) => {
  if (request.url !== '/memory') return receive(request, response)
  // Some memory is released only by the next collection.
  for (let time = 0; time < 3; time++) {
    globalThis.gc?.()
    await sleep(10)
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  response.end(JSON.stringify({ held: heapUsed + arrayBuffers, rss, runs }))
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
