import { isQuick, median } from './measure.ts'
import { connections, type LoadResult, type ServerProcess, startServer } from './receive-load.ts'
import type { Row } from './row.ts'

/** A framework with hookurl, and the same framework without it. */
interface Pair {
  readonly task: string
  readonly hookurl: string
  readonly other: string
  /** The target for the ratio of requests per second; undefined: shown only. */
  readonly minRatio?: number
  readonly note: string
}

const rounds = isQuick ? 5 : 15
const perRound = 6000
const warmUp = 20_000

const pairs: readonly Pair[] = [
  {
    task: 'receive on node:http',
    hookurl: 'node',
    other: 'node by hand',
    minRatio: 0.9,
    note: 'the minimum that an expert would write: lastIndexOf, one createHmac, timingSafeEqual, JSON.parse of claims and body, the same response and headers',
  },
  {
    task: 'receive on node:http',
    hookurl: 'node',
    other: 'node unchecked',
    note: 'a handler that parses the body and verifies nothing',
  },
  {
    task: 'receive on Express',
    hookurl: 'Express',
    other: 'Express with jsonwebtoken',
    minRatio: 1.2,
    note: 'express.json() and jsonwebtoken, key as a KeyObject made once',
  },
  {
    task: 'receive on Fastify',
    hookurl: 'Fastify',
    other: 'Fastify with @fastify/jwt',
    minRatio: 1.2,
    note: "Fastify's own JSON parser and @fastify/jwt without a cache, which is its default",
  },
  {
    task: 'receive on Hono (Node)',
    hookurl: 'Hono',
    other: 'Hono with hono/jwt',
    minRatio: 1.2,
    note: 'c.req.json() and hono/jwt',
  },
]

/**
 * Posts JSON over keep-alive connections to servers in their own processes, in turn. The figure is the server's
 * processor time per request: requests per second over the network also depend on the load generator.
 */
export async function run(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const task of new Set(pairs.map((pair) => pair.task))) {
    const pairsOfTask = pairs.filter((pair) => pair.task === task)
    const loads = await measureServers(new Set(pairsOfTask.flatMap(({ hookurl, other }) => [hookurl, other])))
    for (const pair of pairsOfTask) rows.push(toRow(pair, loads))
  }
  return rows
}

async function measureServers(names: ReadonlySet<string>): Promise<ReadonlyMap<string, readonly LoadResult[]>> {
  const servers = new Map<string, ServerProcess>()
  try {
    for (const name of names) servers.set(name, await startServer(name))
    const loads = new Map<string, LoadResult[]>([...names].map((name) => [name, []]))
    for (const server of servers.values()) await server.load(warmUp)
    for (let round = 0; round < rounds; round++) {
      // The order alternates, since it makes a difference which server ran before.
      const order = round % 2 === 0 ? [...servers] : [...servers].reverse()
      for (const [name, server] of order) loads.get(name)?.push(await server.load(perRound))
    }
    return loads
  } finally {
    for (const server of servers.values()) server.stop()
  }
}

function toRow(pair: Pair, loads: ReadonlyMap<string, readonly LoadResult[]>): Row {
  const { task, hookurl, other, minRatio, note } = pair
  const hookurlLoads = loads.get(hookurl) ?? []
  const otherLoads = loads.get(other) ?? []
  const getRatio = (getFigure: (load: LoadResult) => number): number =>
    median(hookurlLoads.map((load, round) => getFigure(load) / getFigure(otherLoads[round] as LoadResult)))
  const responseRatio = getRatio(({ perSecond }) => perSecond).toFixed(2)
  return {
    task,
    comparedTo: other.replace(/^\w+ /, ''),
    value: 1 / getRatio(({ cpuMicros }) => cpuMicros),
    unit: '×',
    ...(minRatio === undefined ? {} : { target: { atLeast: minRatio } }),
    hookurl: formatRate(hookurlLoads),
    other: formatRate(otherLoads),
    note: `${note}; ${connections} connections, ${responseRatio} × as many responses per second over the network`,
  }
}

function formatRate(loads: readonly LoadResult[]): string {
  const rate = 1e6 / median(loads.map(({ cpuMicros }) => cpuMicros))
  return `${(Math.round(rate / 100) * 100).toLocaleString('en')} requests per second`
}
