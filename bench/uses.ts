import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UseStore } from '@hookurl/verify'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import { redisUseStore } from '@hookurl/verify/redis'
import { open } from 'lmdb'
import { createClient } from 'redis'
import { redisAbsence, startRedis } from '../packages/verify/test/support/redis.ts'
import { measureInTurn, writeMicros } from './measure.ts'
import type { Row } from './row.ts'

const inFlight = 64
const records = 5000
const lifeMs = 86_400_000
const reach = { atLeast: 0.5 }

/** Claiming and committing a use, against the least that the same database can do twice, and what a use leaves there. */
export async function run(): Promise<readonly Row[]> {
  if (redisAbsence !== undefined) console.error(`uses on Redis: not measured, ${redisAbsence}`)
  return [...(await measureLmdb()), ...(redisAbsence === undefined ? await measureRedis() : [])]
}

async function measureLmdb(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-bench-'))
  const path = join(folder, 'records')
  const store = lmdbUseStore(join(folder, 'uses'))
  const bare = open<{ owner: string; until: number }, string>({ path: join(folder, 'bare') })
  const kept = lmdbUseStore(path)
  try {
    const value = { owner: randomUUID(), until: Date.now() + lifeMs }
    const ratio = await compare(store, async (key) => {
      await bare.put(key, value)
      await bare.put(key, value)
      await bare.flushed
    })
    const before = sizeOf(path)
    for (let at = 0; at < records; at += inFlight) await together(() => useOnce(kept))
    return [
      { work: 'single use on LMDB', against: 'two bare puts', ...ratio, note: describe('flushed to the disk alike') },
      {
        work: 'a record of a single use on LMDB',
        against: 'its file',
        value: (sizeOf(path) - before) / records / 1000,
        unit: 'kB',
        note: 'until the URL has expired',
      },
    ]
  } finally {
    await Promise.all([store.close(), bare.close(), kept.close()])
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureRedis(): Promise<readonly Row[]> {
  const server = await startRedis()
  const client = await createClient({ url: server.url }).connect()
  try {
    const store = redisUseStore(client)
    const ratio = await compare(store, async (key) => {
      await client.set(key, 'held', { condition: 'NX', expiration: { type: 'PX', value: lifeMs } })
      await client.del(key)
    })
    await client.flushAll()
    await client.sendCommand(['CONFIG', 'RESETSTAT'])
    const key = await useOnce(store)
    const commands = await client.info('commandstats')
    const trips = Number(/cmdstat_evalsha:calls=(\d+)/.exec(commands)?.[1])
    const bytes = (await client.memoryUsage(`hookurl:${key}`)) ?? Number.NaN
    return [
      {
        work: 'single use on Redis',
        against: 'SET NX PX and DEL',
        ...ratio,
        note: describe(`the same server and client; ${trips} round trips (EVALSHA) a hook, as many as theirs`),
      },
      {
        work: 'a record of a single use on Redis',
        against: 'MEMORY USAGE',
        value: bytes / 1000,
        unit: 'kB',
        note: 'until the URL has expired',
      },
    ]
  } finally {
    client.destroy()
    await server.stop()
  }
}

async function compare(
  store: UseStore,
  bare: (key: string) => Promise<void>,
): Promise<Pick<Row, 'value' | 'unit' | 'reach' | 'ours' | 'theirs'>> {
  const { ours, theirs } = await measureInTurn({
    ours: () => together(() => useOnce(store)),
    theirs: () => together(() => bare(newKey())),
  })
  const write = (micros: number): string => writeMicros(micros / inFlight)
  return {
    value: theirs.micros / ours.micros,
    unit: '×',
    reach,
    ours: write(ours.micros),
    theirs: write(theirs.micros),
  }
}

function together(work: () => Promise<unknown>): Promise<unknown> {
  return Promise.all(Array.from({ length: inFlight }, work))
}

/** What a receiver does for a hook with `maxUses: 1` that has no delivery's name. */
async function useOnce(store: UseStore): Promise<string> {
  const key = newKey()
  const owner = randomUUID()
  const delivery = `fp:${newKey()}`
  const expiresAt = new Date(Date.now() + lifeMs)
  const answer = await store.reserve({ id, maxUses: 1, owner, leaseMs: 60_000, expiresAt, deliveryId })
  if (answer !== 'reserved' || !(await store.commit(key, owner, delivery))) throw new Error('a use was lost')
  return key
}

function newKey(): string {
  return randomBytes(32).toString('hex')
}

function sizeOf(folder: string): number {
  return statSync(join(folder, 'data.mdb')).size
}

function describe(note: string): string {
  return `${inFlight} in flight, the time of one; ${note}`
}
