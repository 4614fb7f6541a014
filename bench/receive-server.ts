// The process of one server that is measured: `receive-server.ts 'node by hand'`. It answers its parent with where it
// listens, and each time it is asked with what it has used.
import { countRuns, hosts } from './receive-hosts.ts'

const listening = await hosts[process.argv[2] ?? '']?.()
if (listening === undefined) throw new Error('there is no such server')
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  process.send?.({ cpuMicros: user + system, heapUsed, rss, runs: countRuns() })
})
process.on('disconnect', () => process.exit())
process.send?.(listening)
