import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMinter, generateKey } from '@hookurl/core'
import autocannon from 'autocannon'
import { isQuick, median } from './measure.ts'
import type { Row } from './row.ts'

/** The result of a load test. */
interface LoadResult {
  readonly perSecond: number
  /** Processor time of all processes of the receiver, per request. */
  readonly cpuMicros: number
  /** Latency in milliseconds: the median and the 99th percentile. */
  readonly median: number
  readonly p99: number
}

interface Receiver {
  /** Posts requests for a number of seconds, at full speed or at a fixed rate. */
  load(seconds: number, perSecond?: number): Promise<LoadResult>
  stop(): void
}

interface LoadOptions {
  readonly target: string
  readonly duration: number
  readonly connections?: number
  readonly overallRate?: number
}

interface Responses {
  readonly total: number
  /** Sorted latencies in milliseconds. autocannon's own histogram has whole milliseconds only. */
  readonly latencies: readonly number[]
}

const headers = { 'content-type': 'application/json' }
const body = '{"id":"evt_1QeJ7kLx0fZ8","type":"payment.succeeded"}'
const rounds = isQuick ? 1 : 3
const seconds = isQuick ? 2 : 4
const connections = 64
const keys = generateKey()
const url = createMinter({ keys, baseUrl: 'http://127.0.0.1/hooks', expiresIn: '1d' }).mintSync({
  command: '/onWebhook',
  userId: '42',
  content: 'Did you see the cat?',
  redirectTo: 'https://cataas.com/cat',
})
const sharedCoresNote = 'the load generator, 64 connections in its own process, shares the cores with the receiver'

/** The same receiver on one process and on two, in turn: at full speed, and at half of that rate. */
export async function run(): Promise<readonly Row[]> {
  const one = await startReceiver(1)
  const two = await startReceiver(2)
  try {
    // With two processes, each gets half of the requests, so the warm-up takes twice as long.
    await one.load(seconds)
    await two.load(2 * seconds)
    const full = await measureBoth(one, two, (receiver) => receiver.load(seconds))
    const half = await measureBoth(one, two, (receiver, at) =>
      receiver.load(seconds, Math.round(full[at].perSecond / 2)),
    )
    return [
      {
        task: 'receive on 2 processes',
        comparedTo: '1 process',
        value: full[1].perSecond / full[0].perSecond,
        unit: '×',
        hookurl: formatRate(full[1]),
        other: formatRate(full[0]),
        note: sharedCoresNote,
      },
      {
        task: 'processor time per request, on 2 processes',
        comparedTo: '1 process',
        value: full[1].cpuMicros / full[0].cpuMicros,
        unit: '×',
        hookurl: formatCost(full[1]),
        other: formatCost(full[0]),
        note: 'all processes of the receiver together; a value near 1 means that they do not wait for each other',
      },
      ...([0, 1] as const).map(
        (at): Row => ({
          task: `latency at half load, ${at === 0 ? '1 process' : '2 processes'}`,
          comparedTo: '99th percentile at full load',
          value: half[at].p99 / full[at].p99,
          unit: '×',
          hookurl: formatLatency(half[at]),
          other: formatLatency(full[at]),
          note: `half of the full rate: ${formatRate(half[at])}; ${sharedCoresNote}`,
        }),
      ),
    ]
  } finally {
    one.stop()
    two.stop()
  }
}

async function startReceiver(processes: 1 | 2): Promise<Receiver> {
  const child = fork(new URL('./scaling-server.ts', import.meta.url), [String(processes)], {
    // Without the condition that resolves to the sources: the built packages are measured.
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, HOOKURL_KEYS: keys },
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const requestCost = async (): Promise<number> => {
    child.send('cost')
    const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }]
    return cpuMicros
  }
  return {
    stop: () => child.disconnect(),
    load: async (duration, perSecond) => {
      const before = await requestCost()
      const target = `http://127.0.0.1:${port}${new URL(url).pathname}`
      const { total, latencies } =
        perSecond === undefined
          ? await sendRequests({ target, duration })
          : await sendAtRate(target, duration, perSecond)
      const cpuMicros = ((await requestCost()) - before) / total
      const getPercentile = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
      return { perSecond: total / duration, cpuMicros, median: getPercentile(0.5), p99: getPercentile(0.99) }
    },
  }
}

async function sendRequests({ target, duration, ...rest }: LoadOptions): Promise<Responses> {
  const latencies: number[] = []
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url: target, method: 'POST', headers, body, connections, duration, ...rest } as const
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    instance.on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds))
  })
  if (result.non2xx + result.errors > 0) throw new Error('the receiver rejected or lost requests')
  return { total: result.requests.total, latencies: latencies.sort((one, other) => one - other) }
}

// At a fixed rate, autocannon sends the requests of each second at its start. Many generators, each with another start,
// approximate an even stream.
async function sendAtRate(target: string, duration: number, perSecond: number): Promise<Responses> {
  const generators = connections / 2
  const parts = await Promise.all(
    Array.from({ length: generators }, async (_, at) => {
      await sleep((1000 / generators) * at)
      return sendRequests({ target, duration, connections: 2, overallRate: Math.round(perSecond / generators) })
    }),
  )
  const latencies = parts.flatMap((part) => part.latencies).sort((one, other) => one - other)
  return { total: parts.reduce((sum, part) => sum + part.total, 0), latencies }
}

async function measureBoth(
  one: Receiver,
  two: Receiver,
  measure: (receiver: Receiver, at: 0 | 1) => Promise<LoadResult>,
): Promise<readonly [LoadResult, LoadResult]> {
  const loads: [LoadResult[], LoadResult[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    loads[0].push(await measure(one, 0))
    loads[1].push(await measure(two, 1))
  }
  return [getMedians(loads[0]), getMedians(loads[1])]
}

// The median of each figure.
function getMedians(loads: readonly LoadResult[]): LoadResult {
  return {
    perSecond: median(loads.map((load) => load.perSecond)),
    cpuMicros: median(loads.map((load) => load.cpuMicros)),
    median: median(loads.map((load) => load.median)),
    p99: median(loads.map((load) => load.p99)),
  }
}

function formatRate({ perSecond }: LoadResult): string {
  return `${Math.round(perSecond).toLocaleString('en')} requests per second`
}

function formatCost({ cpuMicros }: LoadResult): string {
  return `${cpuMicros.toFixed(0)} µs`
}

function formatLatency(load: LoadResult): string {
  return `median ${load.median.toFixed(1)} ms, 99th percentile ${load.p99.toFixed(1)} ms`
}
