import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import type { Listening } from './receive-hosts.ts'

/** A server in a process of its own, built as it is published. */
export interface Subject {
  /** Posts so many requests, and says how it went. */
  load(amount: number): Promise<Load>
  usage(): Promise<Usage>
  stop(): void
}

/** What a server did under load. */
export interface Load {
  readonly perSecond: number
  /** Processor time of the server, in microseconds for each request. */
  readonly cpuMicros: number
}

/** What a server has used so far. */
export interface Usage {
  readonly cpuMicros: number
  readonly heapUsed: number
  readonly rss: number
  /** How often its handler has run. */
  readonly runs: number
}

const posted = JSON.stringify({
  id: 'evt_1QeJ7kLx0fZ8',
  type: 'payment.succeeded',
  created: 1_767_225_600,
  data: { amount: 4200, currency: 'eur', customer: 'cus_42', description: 'Two tickets', paid: true },
})

const folder = fileURLToPath(new URL('.', import.meta.url))

/** How many connections are kept open. */
export const connections = 64

/** Starts a server. */
export async function start(name: string, ...flags: string[]): Promise<Subject> {
  // Without the condition that leads to the sources.
  const execArgv = [...flags, '--import', 'tsx']
  const child = fork(join(folder, 'receive-server.ts'), [name], { cwd: folder, execArgv })
  const [{ port, path }] = (await once(child, 'message')) as [Listening]
  const request = {
    url: `http://127.0.0.1:${port}${path}`,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: '*/*', 'user-agent': 'Webhooks/1.0' },
    body: posted,
    connections,
  } as const
  const usage = async (): Promise<Usage> => {
    child.send('usage')
    const [answer] = (await once(child, 'message')) as [Usage]
    return answer
  }
  const post = async (amount: number): Promise<void> => {
    const { non2xx, errors } = await autocannon({ ...request, amount })
    if (non2xx + errors > 0) throw new Error(`${name} refused or lost requests`)
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
      if (after.runs - before.runs !== amount) throw new Error(`${name} did not run its handler once for each request`)
      return { perSecond: amount / seconds, cpuMicros: (after.cpuMicros - before.cpuMicros) / amount }
    },
  }
}
