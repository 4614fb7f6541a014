import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import type { ServerAddress } from './receive-servers.ts'

/** A server in its own process, which uses the built packages. */
export interface ServerProcess {
  /** Posts a number of requests and measures the server. */
  load(amount: number): Promise<LoadResult>
  usage(): Promise<Usage>
  stop(): void
}

/** The result of a load test. */
export interface LoadResult {
  readonly perSecond: number
  /** Processor time of the server per request, in microseconds. */
  readonly cpuMicros: number
}

/** The resources that a server has used so far. */
export interface Usage {
  readonly cpuMicros: number
  readonly heapUsed: number
  readonly rss: number
  /** How often its handler has run. */
  readonly runs: number
}

const requestBody = JSON.stringify({
  id: 'evt_1QeJ7kLx0fZ8',
  type: 'payment.succeeded',
  created: 1_767_225_600,
  data: { amount: 4200, currency: 'eur', customer: 'cus_42', description: 'Two tickets', paid: true },
})

const folder = fileURLToPath(new URL('.', import.meta.url))

/** The number of keep-alive connections. */
export const connections = 64

/** Starts a server by its name. */
export async function startServer(name: string, ...flags: string[]): Promise<ServerProcess> {
  // Without the condition that resolves to the sources.
  const execArgv = [...flags, '--import', 'tsx']
  const child = fork(join(folder, 'receive-server.ts'), [name], { cwd: folder, execArgv })
  const [{ port, path }] = (await once(child, 'message')) as [ServerAddress]
  const request = {
    url: `http://127.0.0.1:${port}${path}`,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: '*/*', 'user-agent': 'Webhooks/1.0' },
    body: requestBody,
    connections,
  } as const
  const usage = async (): Promise<Usage> => {
    child.send('usage')
    const [message] = (await once(child, 'message')) as [Usage]
    return message
  }
  const post = async (amount: number): Promise<void> => {
    const { non2xx, errors } = await autocannon({ ...request, amount })
    if (non2xx + errors > 0) throw new Error(`${name} rejected or lost requests`)
  }
  return {
    usage,
    stop: () => child.disconnect(),
    load: async (amount) => {
      const before = await usage()
      const begin = performance.now()
      await post(amount)
      const seconds = (performance.now() - begin) / 1000
      const after = await usage()
      if (after.runs - before.runs !== amount)
        throw new Error(`${name} did not run its handler exactly once per request`)
      return { perSecond: amount / seconds, cpuMicros: (after.cpuMicros - before.cpuMicros) / amount }
    },
  }
}
