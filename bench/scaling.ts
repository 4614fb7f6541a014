import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMinter, generateKey } from '@hookurl/core'
import autocannon from 'autocannon'
import type { Row } from './row.ts'

/** A receiver that was put under load. */
interface Load {
  readonly perSecond: number
  /** Processor time of all its processes for one request. */
  readonly cpuMicros: number
  /** Milliseconds until the answer. */
  readonly median: number
  readonly slowest: number
}

interface Receiver {
  /** Posts for some seconds: as fast as it goes, or so many requests a second. */
  load(seconds: number, perSecond?: number): Promise<Load>
  stop(): void
}

interface Shooting {
  readonly target: string
  readonly duration: number
  readonly connections?: number
  readonly overallRate?: number
}

const headers = { 'content-type': 'application/json' }
const body = '{"id":"evt_1QeJ7kLx0fZ8","type":"payment.succeeded"}'
const quick = process.argv.includes('--quick')
const rounds = quick ? 1 : 3
const seconds = quick ? 2 : 4
const connections = 64
const keys = generateKey()
const url = createMinter({ keys, baseUrl: 'http://127.0.0.1/hooks', expiresIn: '1d' }).mintSync({
  command: '/onWebhook',
  userId: '42',
  content: 'Did you see the cat?',
  redirectTo: 'https://cataas.com/cat',
})
const shared =
  'the load generator, 64 connections in a process of its own, runs on the same cores and takes its share of them'

/** The same receiver on one process and on two, in turn: as fast as it goes, and at half of that. */
export async function run(): Promise<readonly Row[]> {
  const one = await start(1)
  const two = await start(2)
  try {
    // Two processes have half as many requests each to get warm by.
    await one.load(seconds)
    await two.load(2 * seconds)
    const full = await inTurn(one, two, (receiver) => receiver.load(seconds))
    const half = await inTurn(one, two, (receiver, at) => receiver.load(seconds, Math.round(full[at].perSecond / 2)))
    return [
      {
        work: 'receive on 2 processes',
        against: '1 process',
        value: full[1].perSecond / full[0].perSecond,
        unit: '×',
        ours: writeSpeed(full[1]),
        theirs: writeSpeed(full[0]),
        note: shared,
      },
      {
        work: 'processor time of a request, on 2 processes',
        against: '1 process',
        value: full[1].cpuMicros / full[0].cpuMicros,
        unit: '×',
        ours: writeCost(full[1]),
        theirs: writeCost(full[0]),
        note: 'all processes of the receiver together; near 1: they have nothing to agree on',
      },
      ...([0, 1] as const).map(
        (at): Row => ({
          work: `latency at half load, ${at === 0 ? '1 process' : '2 processes'}`,
          against: 'at full load, 99 of 100',
          value: half[at].slowest / full[at].slowest,
          unit: '×',
          ours: writeLatency(half[at]),
          theirs: writeLatency(full[at]),
          note: `half of what was reached: ${writeSpeed(half[at])}; ${shared}`,
        }),
      ),
    ]
  } finally {
    one.stop()
    two.stop()
  }
}

async function start(processes: 1 | 2): Promise<Receiver> {
  const child = fork(new URL('./scaling-server.ts', import.meta.url), [String(processes)], {
    // Without the condition that leads to the sources: what is published is measured.
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, HOOKURL_KEYS: keys },
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const cost = async (): Promise<number> => {
    child.send('cost')
    const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }]
    return cpuMicros
  }
  return {
    stop: () => child.disconnect(),
    load: async (duration, perSecond) => {
      const before = await cost()
      const target = `http://127.0.0.1:${port}${new URL(url).pathname}`
      const { total, times } =
        perSecond === undefined ? await shoot({ target, duration }) : await pace({ target, duration, perSecond })
      const cpuMicros = ((await cost()) - before) / total
      const at = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN
      return { perSecond: total / duration, cpuMicros, median: at(0.5), slowest: at(0.99) }
    },
  }
}

interface Shots {
  readonly total: number
  /** Milliseconds until each answer, in order. autocannon's own histogram counts whole ones only. */
  readonly times: readonly number[]
}

async function shoot({ target, duration, ...more }: Shooting): Promise<Shots> {
  const times: number[] = []
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url: target, method: 'POST', headers, body, connections, duration, ...more } as const
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    instance.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds))
  })
  if (result.non2xx + result.errors > 0) throw new Error('the receiver refused or lost requests')
  return { total: result.requests.total, times: times.sort((one, other) => one - other) }
}

// At a given rate, autocannon sends what is due in a second at its beginning. Many of them, each with its own beginning,
// come near an even stream.
async function pace({
  target,
  duration,
  perSecond,
}: Required<Omit<Shooting, 'connections' | 'overallRate'>> & { perSecond: number }): Promise<Shots> {
  const generators = connections / 2
  const shots = await Promise.all(
    Array.from({ length: generators }, async (_, at) => {
      await sleep((1000 / generators) * at)
      return shoot({ target, duration, connections: 2, overallRate: Math.round(perSecond / generators) })
    }),
  )
  const times = shots.flatMap((shot) => shot.times).sort((one, other) => one - other)
  return { total: shots.reduce((sum, shot) => sum + shot.total, 0), times }
}

async function inTurn(
  one: Receiver,
  two: Receiver,
  measure: (receiver: Receiver, at: 0 | 1) => Promise<Load>,
): Promise<readonly [Load, Load]> {
  const loads: [Load[], Load[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    loads[0].push(await measure(one, 0))
    loads[1].push(await measure(two, 1))
  }
  return [middle(loads[0]), middle(loads[1])]
}

// Each figure's own median.
function middle(loads: readonly Load[]): Load {
  const median = (of: (load: Load) => number): number => {
    const sorted = loads.map(of).sort((one, other) => one - other)
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  }
  return {
    perSecond: median((load) => load.perSecond),
    cpuMicros: median((load) => load.cpuMicros),
    median: median((load) => load.median),
    slowest: median((load) => load.slowest),
  }
}

function writeSpeed({ perSecond }: Load): string {
  return `${Math.round(perSecond).toLocaleString('en')} requests a second`
}

function writeCost({ cpuMicros }: Load): string {
  return `${cpuMicros.toFixed(0)} µs`
}

function writeLatency({ median, slowest }: Load): string {
  return `${median.toFixed(1)} ms in the middle, 99 of 100 within ${slowest.toFixed(1)} ms`
}
