// Runs one measured server in its own process: `receive-server.ts 'node by hand'`. It sends its address to the parent
// process, and its usage whenever the parent asks for it.
import { countRuns, servers } from './receive-servers.ts'

const address = await servers[process.argv[2] ?? '']?.()
if (address === undefined) throw new Error('unknown server')
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  process.send?.({ cpuMicros: user + system, heapUsed, rss, runs: countRuns() })
})
process.on('disconnect', () => process.exit())
process.send?.(address)
