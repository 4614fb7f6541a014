import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createWaiter, redisWaitStore, type Wait, type Waiter, type WaitStore } from '@hookurl/verify/wait'
import { createClient } from 'redis'
import { redisAbsence, startRedis } from '../packages/verify/test/support/redis.ts'
import { isQuick } from './measure.ts'
import type { Row } from './row.ts'
import { baseUrl, type CallTime, keys } from './wait-calls.ts'

const open = 10_000
const calls = isQuick ? 100 : 1000
const PAUSE_MS = 10
const OPEN_AT_ONCE = 500

/** What 10,000 open waits cost, and how soon a waiter notices a call in another process. */
export async function run(): Promise<readonly Row[]> {
  if (redisAbsence !== undefined) console.error(`waits on Redis: not measured, ${redisAbsence}`)
  return [...(await measureMemory()), ...(redisAbsence === undefined ? await measureRedis() : [])]
}

async function measureMemory(): Promise<readonly Row[]> {
  const expiresAt = new Date(Date.now() + 7_200_000)
  let isOver = false
  const nowhere: WaitStore = {
    create: async () => {},
    settle: async (_id, value) => value,
    read: async (ids) => ids.map(() => (isOver ? undefined : { expiresAt })),
  }
  const waiter = createWaiter({ keys, baseUrl, waits: nowhere })
  await openMany(waiter, OPEN_AT_ONCE)
  const before = getHeapBytes()
  const waits = await openMany(waiter, open)
  const opened = getHeapBytes()
  for (const { received } of waits) received.catch(() => {})
  await sleep(1000)
  const awaited = getHeapBytes()
  // Otherwise the awaited waits keep the process alive.
  isOver = true
  const toRow = (task: string, bytes: number): Row => ({
    task: `memory of a wait in its process: ${task}`,
    comparedTo: `${open.toLocaleString('en')} of them`,
    value: bytes / waits.length / 1000,
    unit: 'kB',
    note: 'heap, with the object that `open` returns and its URL',
  })
  return [toRow('open', opened - before), toRow('awaited', awaited - before)]
}

async function measureRedis(): Promise<readonly Row[]> {
  const server = await startRedis()
  const client = await createClient({ url: server.url }).connect()
  const child = fork(fileURLToPath(new URL('wait-server.ts', import.meta.url)), [server.url], {
    execArgv: ['--import', 'tsx'],
  })
  try {
    await once(child, 'message')
    return await measureWakeUps(redisWaitStore(client), child)
  } finally {
    child.disconnect()
    client.destroy()
    await server.stop()
  }
}

async function measureWakeUps(store: WaitStore, child: ChildProcess): Promise<readonly Row[]> {
  let reads = 0
  let isOver = false
  const waits: WaitStore = {
    ...store,
    read: async (ids) => {
      reads++
      return isOver ? ids.map(() => undefined) : store.read(ids)
    },
  }
  const opened = await openMany(createWaiter({ keys, baseUrl, waits, expiresIn: '1h' }), open)
  const receivedAt = new Map<string, number>()
  for (const { id, received } of opened) {
    received.then(
      () => receivedAt.set(id, performance.timeOrigin + performance.now()),
      () => {},
    )
  }
  await sleep(2000)
  const begin = { at: performance.now(), reads, processor: process.cpuUsage() }
  const times = await callAll(opened.slice(-calls), child)
  const seconds = (performance.now() - begin.at) / 1000
  const { user, system } = process.cpuUsage(begin.processor)
  const readsPerSecond = (reads - begin.reads) / seconds
  await sleep(2000)
  isOver = true
  await Promise.allSettled(opened.map(({ received }) => received))
  const delays = times.map(({ id, at }) => Math.max(0, (receivedAt.get(id) ?? Number.NaN) - at)).sort((a, b) => a - b)
  const getPercentile = (share: number): number => delays[Math.ceil(delays.length * share) - 1] ?? Number.NaN
  const note =
    `${open.toLocaleString('en')} awaited waits, read every 500 ms; ${calls} calls, one each ${PAUSE_MS} ms, in another process; ` +
    `${readsPerSecond.toFixed(0)} reads of up to 500 waits per second, ` +
    `${((user + system) / 10_000 / seconds).toFixed(0)} % of a core`
  const toRow = (name: string, share: number): Row => ({
    task: `from the response to a call until \`received\` resolves, on Redis: ${name}`,
    comparedTo: 'a call in another process',
    value: getPercentile(share),
    unit: 'ms',
    note,
  })
  return [toRow('median', 0.5), toRow('99th percentile', 0.99)]
}

async function callAll(waits: readonly Wait[], child: ChildProcess): Promise<readonly CallTime[]> {
  const times: CallTime[] = []
  child.on('message', (time: CallTime) => times.push(time))
  for (const { id, url } of waits) {
    child.send({ id, url })
    await sleep(PAUSE_MS)
  }
  while (times.length < waits.length) await sleep(PAUSE_MS)
  if (times.some(({ status }) => status !== 200)) throw new Error('a call was rejected')
  return times
}

async function openMany(waiter: Waiter, count: number): Promise<Wait[]> {
  const waits: Wait[] = []
  for (let at = 0; at < count; at += OPEN_AT_ONCE) {
    const opening = Array.from({ length: OPEN_AT_ONCE }, () => waiter.open({ command: '/onResult', expiresIn: '1h' }))
    waits.push(...(await Promise.all(opening)))
  }
  return waits
}

function getHeapBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
