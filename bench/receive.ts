import { isQuick, median } from './measure.ts'
import { connections, type Load, type Subject, start } from './receive-load.ts'
import type { Row } from './row.ts'

/** A framework with hookurl, beside the same without it. */
interface Pair {
  readonly work: string
  readonly ours: string
  readonly theirs: string
  /** The share of the other's requests a second that is to be reached; undefined: shown only. */
  readonly reach?: number
  readonly note: string
}

const rounds = isQuick ? 5 : 15
const perRound = 6000
const warmUp = 20_000

const pairs: readonly Pair[] = [
  {
    work: 'receive on node:http',
    ours: 'node',
    theirs: 'node by hand',
    reach: 0.85,
    note: 'the least an expert would write: lastIndexOf, one createHmac, timingSafeEqual, JSON.parse of claims and body, the same answer and headers',
  },
  {
    work: 'receive on node:http',
    ours: 'node',
    theirs: 'node unchecked',
    note: 'a handler that parses the body and checks nothing',
  },
  {
    work: 'receive on Express',
    ours: 'Express',
    theirs: 'Express with jsonwebtoken',
    reach: 1,
    note: 'express.json() and jsonwebtoken, key as a KeyObject made once',
  },
  {
    work: 'receive on Fastify',
    ours: 'Fastify',
    theirs: 'Fastify with @fastify/jwt',
    reach: 1,
    note: "Fastify's own JSON parser and @fastify/jwt without a cache, as it is by default",
  },
  {
    work: 'receive on Hono (Node)',
    ours: 'Hono',
    theirs: 'Hono with hono/jwt',
    reach: 1,
    note: 'c.req.json() and hono/jwt',
  },
]

/**
 * A POST of JSON with keep-alive, from this process to servers in processes of their own, in turn. What counts is the
 * processor time that a server needs for a request: requests a second over the network also measure who sends them.
 */
export async function run(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const work of new Set(pairs.map((pair) => pair.work))) {
    const alike = pairs.filter((pair) => pair.work === work)
    const loads = await measureHosts(new Set(alike.flatMap(({ ours, theirs }) => [ours, theirs])))
    for (const pair of alike) rows.push(toRow(pair, loads))
  }
  return rows
}

async function measureHosts(names: ReadonlySet<string>): Promise<ReadonlyMap<string, readonly Load[]>> {
  const subjects = new Map<string, Subject>()
  try {
    for (const name of names) subjects.set(name, await start(name))
    const loads = new Map<string, Load[]>([...names].map((name) => [name, []]))
    for (const subject of subjects.values()) await subject.load(warmUp)
    for (let round = 0; round < rounds; round++) {
      // There and back: who comes after whom makes a difference.
      const order = round % 2 === 0 ? [...subjects] : [...subjects].reverse()
      for (const [name, subject] of order) loads.get(name)?.push(await subject.load(perRound))
    }
    return loads
  } finally {
    for (const subject of subjects.values()) subject.stop()
  }
}

function toRow({ work, ours, theirs, reach, note }: Pair, loads: ReadonlyMap<string, readonly Load[]>): Row {
  const mine = loads.get(ours) ?? []
  const others = loads.get(theirs) ?? []
  const ratio = (of: (load: Load) => number): number =>
    median(mine.map((load, round) => of(load) / of(others[round] as Load)))
  const seen = ratio(({ perSecond }) => perSecond).toFixed(2)
  return {
    work,
    against: theirs.replace(/^\w+ /, ''),
    value: 1 / ratio(({ cpuMicros }) => cpuMicros),
    unit: '×',
    ...(reach === undefined ? {} : { reach: { atLeast: reach } }),
    ours: write(mine),
    theirs: write(others),
    note: `requests in a second of the server's processor; ${connections} connections, over which ${seen} × as many came back; ${note}`,
  }
}

function write(loads: readonly Load[]): string {
  const rate = 1e6 / median(loads.map(({ cpuMicros }) => cpuMicros))
  return `${(Math.round(rate / 100) * 100).toLocaleString('en')} requests a second`
}
