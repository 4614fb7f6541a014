import { setTimeout as sleep } from 'node:timers/promises'
import { memoryWaitStore, type WaitStore } from '@hookurl/verify/wait'
import { expect, test } from 'vitest'
import { summarize } from '../support/counting-receiver.ts'
import { mountWaiter } from '../support/waiters.ts'

const schedules = process.env.HOOKURL_ALL === undefined ? 200 : 2000

/** A generator of pseudorandom integers below a bound, the same for every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A store whose requests and replies take a random time. */
function createSlowStore(random: (below: number) => number): WaitStore {
  const store = memoryWaitStore()
  const slow = async <T>(call: () => Promise<T>): Promise<T> => {
    await sleep(random(4))
    const result = await call()
    await sleep(random(4))
    return result
  }
  return {
    create: store.create,
    settle: (id, value) => slow(() => store.settle(id, value)),
    read: (ids) => slow(() => store.read(ids)),
  }
}

/** Runs schedules, 20 at a time. Returns how often each result occurred. */
async function countResults(run: (random: (below: number) => number) => Promise<string>): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (let seed = 0; seed < schedules; seed += 20) {
    const results = await Promise.all(Array.from({ length: 20 }, (_, at) => run(createRandom(seed + at))))
    for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1)
  }
  return counts
}

test('of an abort and a call at the same time, exactly one wins', async () => {
  const counts = await countResults(async (random) => {
    const waits = createSlowStore(random)
    // The call arrives in the same process, or in another one.
    const here = mountWaiter({ waits })
    const there = random(2) === 0 ? here : mountWaiter({ waits })
    const controller = new AbortController()
    const { url, id, received } = await here.waiter.open({ command: '/onResult', signal: controller.signal })
    const waiting = random(2) === 0 ? undefined : received.then(String, String)
    const calling = sleep(random(12)).then(() => there.call(url, 'called'))
    await sleep(random(40))
    controller.abort(new Error('aborted'))
    const [response, outcome] = await Promise.all([calling, received.then(({ payload }) => payload, String)])
    await waiting
    const resumed = await mountWaiter({ waits })
      .waiter.resume(id)
      .then(
        ({ payload }) => payload,
        ({ code }) => code,
      )
    return `${summarize(response)}, ${outcome}, ${resumed}`
  })
  expect([...counts.keys()].sort()).toEqual([
    '200 ok, called, called',
    '410 already_used, Error: aborted, already_used',
  ])
})

test('of the expiration and a call at the same time, exactly one wins', async () => {
  const counts = await countResults(async (random) => {
    const waits = createSlowStore(random)
    const [here, there] = [mountWaiter({ waits }), mountWaiter({ waits }, { clockTolerance: '5m' })]
    const { url, received } = await here.waiter.open({ command: '/onResult', expiresIn: '1m' })
    const waiting = received.then(
      ({ payload }) => payload,
      ({ code }) => code,
    )
    const calling = sleep(random(60)).then(() => there.call(url, 'called'))
    await sleep(random(40))
    here.advance(60_000)
    return `${summarize(await calling)}, ${await waiting}`
  })
  expect([...counts.keys()].sort()).toEqual(['200 ok, called', '410 already_used, expired'])
})

test('of calls at the same time, exactly one is received, and its retries get 200', async () => {
  const counts = await countResults(async (random) => {
    const waits = createSlowStore(random)
    const processes = [mountWaiter({ waits }), mountWaiter({ waits }), mountWaiter({ waits })]
    const opened = await processes[0]?.waiter.open({ command: '/onResult' })
    if (opened === undefined) throw new Error('nothing was opened')
    const send = async (payload: number): Promise<[number, string]> => {
      await sleep(random(8))
      const process = processes[random(3)]
      if (process === undefined) throw new Error('there is no such process')
      // A sender retries a 503, which a slow machine causes.
      let summary = '503'
      while (summary.startsWith('503')) summary = summarize(await process.call(opened.url, payload))
      return [payload, summary]
    }
    const responses = await Promise.all([1, 1, 2, 2, 3, 3].map(send))
    const { payload } = await opened.received
    const accepted = responses.filter(([, summary]) => summary.startsWith('200'))
    const rejected = responses.filter(([, summary]) => summary === '410 already_used')
    const isRight = accepted.every(([sent]) => sent === payload) && rejected.every(([sent]) => sent !== payload)
    return `${isRight}, ${accepted.length} accepted, ${rejected.length} rejected`
  })
  expect([...counts.keys()]).toEqual(['true, 2 accepted, 4 rejected'])
})
