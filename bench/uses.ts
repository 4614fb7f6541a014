import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import { redisUseStore } from '@hookurl/verify/redis'
import { open } from 'lmdb'
import { createClient } from 'redis'
import { redisAbsence, startRedis } from '../packages/verify/test/support/redis.ts'
import { mariadbAbsence, postgresAbsence } from '../packages/verify/test/support/sql-servers.ts'
import { compare, formatNote, inFlight, lifetimeMs, runInParallel, useOnce } from './compare-stores.ts'
import type { Row } from './row.ts'
import { measureSql } from './uses-sql.ts'

const records = 5000

/** Reserving and committing a use, compared to two plain writes to the same database, and the size of its record. */
export async function run(): Promise<readonly Row[]> {
  if (redisAbsence !== undefined) console.error(`uses on Redis: not measured, ${redisAbsence}`)
  for (const absence of [postgresAbsence, mariadbAbsence]) {
    if (absence !== undefined) console.error(`not measured: ${absence}`)
  }
  const onRedis = redisAbsence === undefined ? await measureRedis() : []
  return [...(await measureLmdb()), ...onRedis, ...(await measureSql())]
}

async function measureLmdb(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-bench-'))
  const path = join(folder, 'records')
  const store = lmdbUseStore(join(folder, 'uses'))
  const plain = open<{ owner: string; until: number }, string>({ path: join(folder, 'plain') })
  const measuredStore = lmdbUseStore(path)
  try {
    const value = { owner: randomUUID(), until: Date.now() + lifetimeMs }
    const comparison = await compare(store, async (id) => {
      await plain.put(id, value)
      await plain.put(id, value)
      await plain.flushed
    })
    const before = getFileSize(path)
    for (let at = 0; at < records; at += inFlight) await runInParallel(() => useOnce(measuredStore))
    return [
      {
        task: 'single use on LMDB',
        comparedTo: 'two plain puts',
        ...comparison,
        note: formatNote('both flushed to the disk'),
      },
      {
        task: 'a record of a single use on LMDB',
        comparedTo: 'its file',
        value: (getFileSize(path) - before) / records / 1000,
        unit: 'kB',
        note: 'until the URL has expired',
      },
    ]
  } finally {
    await Promise.all([store.close(), plain.close(), measuredStore.close()])
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureRedis(): Promise<readonly Row[]> {
  const server = await startRedis()
  const client = await createClient({ url: server.url }).connect()
  try {
    const store = redisUseStore(client)
    const comparison = await compare(store, async (id) => {
      await client.set(id, 'held', { condition: 'NX', expiration: { type: 'PX', value: lifetimeMs } })
      await client.del(id)
    })
    await client.flushAll()
    await client.sendCommand(['CONFIG', 'RESETSTAT'])
    const id = await useOnce(store)
    const commands = await client.info('commandstats')
    const roundTrips = Number(/cmdstat_evalsha:calls=(\d+)/.exec(commands)?.[1])
    const bytes = (await client.memoryUsage(`hookurl:${id}`)) ?? Number.NaN
    return [
      {
        task: 'single use on Redis',
        comparedTo: 'SET NX PX and DEL',
        ...comparison,
        note: formatNote(
          `the same server and client; ${roundTrips} round trips (EVALSHA) per hook, as many as the other`,
        ),
      },
      {
        task: 'a record of a single use on Redis',
        comparedTo: 'MEMORY USAGE',
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

function getFileSize(folder: string): number {
  return statSync(join(folder, 'data.mdb')).size
}
