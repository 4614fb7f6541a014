import { createMinter, generateKey, isHookurlError, type Minter } from '@hookurl/core'
import { createVerifier, type Verifier } from '@hookurl/verify'
import type { Keyring, Plan } from './plans.ts'
import { createRandom } from './random.ts'

/** A simulated fleet. Times are in seconds. */
export interface Fleet {
  readonly minters: number
  readonly receivers: number
  readonly urls: number
  readonly rollOut: number
  readonly lifetime: number
  /** With ids, a rejection has the code `unknown_key` instead of `invalid_signature`. */
  readonly ids: 'with ids' | 'without ids'
  readonly seed: number
}

/** The result of a plan. Only unexpired URLs are called, so every rejection is a loss. */
export interface SimulationResult {
  readonly plan: Plan
  readonly minted: number
  readonly calls: number
  readonly lost: number
  readonly lostUrls: number
  /** How often each code occurred. */
  readonly codes: Readonly<Record<string, number>>
  /** The times of the first and the last lost call, in seconds after the first change. */
  readonly span: readonly [number, number] | undefined
}

/** The keyrings of a machine, in order of arrival. */
type Machine = readonly { readonly from: number; readonly keyring: Keyring }[]

const epoch = 1_800_000_000

/** Rotates a key in a simulated fleet, with the real minter and verifier, and counts lost calls. */
export function simulate(plan: Plan, fleet: Fleet): SimulationResult {
  const random = createRandom(fleet.seed)
  const minters = Array.from({ length: fleet.minters }, () => createMachine(plan, { random, rollOut: fleet.rollOut }))
  const receivers = Array.from({ length: fleet.receivers }, () =>
    createMachine(plan, { random, rollOut: fleet.rollOut }),
  )
  const clock = createClock()
  const code = createCode(fleet, clock)
  const end = (plan.steps.at(-1)?.at ?? 0) + 2 * fleet.rollOut
  const codes: Record<string, number> = {}
  const lostAt: number[] = []
  let calls = 0
  let lostUrls = 0
  for (let url = 0; url < fleet.urls; url++) {
    // Starting one lifetime before the first change: those URLs are still valid when it happens.
    const mintedAt = -fleet.lifetime + random() * (end + fleet.lifetime)
    const minter = minters[Math.floor(random() * minters.length)] as Machine
    clock.set(mintedAt)
    const hookUrl = code.minters[getKeyring(minter, mintedAt)].mintSync({ command: '/run', userId: url })
    const lostBefore = lostAt.length
    // Immediately, at a random time, and in the last second.
    for (const age of [0, random() * (fleet.lifetime - 1), fleet.lifetime - 1]) {
      const calledAt = mintedAt + age
      const receiver = receivers[Math.floor(random() * receivers.length)] as Machine
      calls++
      clock.set(calledAt)
      const rejection = getRejectionCode(code.verifiers[getKeyring(receiver, calledAt)], hookUrl)
      if (rejection === undefined) continue
      codes[rejection] = (codes[rejection] ?? 0) + 1
      lostAt.push(calledAt)
    }
    if (lostAt.length > lostBefore) lostUrls++
  }
  const span = lostAt.length === 0 ? undefined : ([Math.min(...lostAt), Math.max(...lostAt)] as const)
  return { plan, minted: fleet.urls, calls, lost: lostAt.length, lostUrls, codes, span }
}

function createMachine({ steps }: Plan, { random, rollOut }: { random: () => number; rollOut: number }): Machine {
  const arrivals = steps.map(({ at, keyring }) => ({ from: at + random() * rollOut, keyring }))
  // A change that arrives after a later one is ignored.
  const applied = arrivals.filter(({ from }, index) => arrivals.slice(index + 1).every((later) => later.from > from))
  return [{ from: Number.NEGATIVE_INFINITY, keyring: 'old' }, ...applied]
}

function getKeyring(machine: Machine, time: number): Keyring {
  return (machine.findLast(({ from }) => from <= time) as Machine[number]).keyring
}

function createClock(): { set(seconds: number): void; now(): number } {
  let time = 0
  return {
    set: (seconds) => {
      time = seconds
    },
    now: () => (epoch + time) * 1000,
  }
}

function createCode(
  { ids, lifetime }: Fleet,
  { now }: { now: () => number },
): { minters: Record<Keyring, Minter>; verifiers: Record<Keyring, Verifier> } {
  const keys = { old: makeKey('k1'), new: makeKey('k2') }
  const forEachKeyring = <T>(create: (keyring: string[]) => T): Record<Keyring, T> => ({
    old: create([keys.old]),
    'old, new': create([keys.old, keys.new]),
    'new, old': create([keys.new, keys.old]),
    new: create([keys.new]),
  })
  function makeKey(id: string): string {
    return generateKey(ids === 'with ids' ? { id } : {})
  }
  const baseUrl = 'https://bot.example.com/hooks'
  return {
    minters: forEachKeyring((keyring) => createMinter({ keys: keyring, baseUrl, expiresIn: `${lifetime}s`, now })),
    verifiers: forEachKeyring((keyring) => createVerifier({ keys: keyring, now })),
  }
}

function getRejectionCode(verifier: Verifier, url: string): string | undefined {
  try {
    verifier.verifySync(url)
    return undefined
  } catch (error) {
    if (isHookurlError(error)) return error.code
    throw error
  }
}
