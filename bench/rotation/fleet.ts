import { createMinter, generateKey, isHookurlError, type Minter } from '@hookurl/core'
import { createVerifier, type Verifier } from '@hookurl/verify'
import type { Keyring, Plan } from './plans.ts'
import { createRandom } from './random.ts'

/** A fleet, and what is done with it; times in seconds. */
export interface Fleet {
  readonly minters: number
  readonly receivers: number
  readonly urls: number
  readonly rollOut: number
  readonly lifetime: number
  /** Whether the keys have ids: then a refusal says `unknown_key` instead of `invalid_signature`. */
  readonly ids: 'with ids' | 'without ids'
  readonly seed: number
}

/** What came of a plan. Every call is of a URL that has not expired: whatever is refused is lost. */
export interface Outcome {
  readonly plan: Plan
  readonly minted: number
  readonly calls: number
  readonly lost: number
  readonly lostUrls: number
  /** How often each code was the answer. */
  readonly codes: Readonly<Record<string, number>>
  /** When the first and the last call were lost, in seconds from the first change on. */
  readonly span: readonly [number, number] | undefined
}

/** When a machine has which keyring, in the order of arrival. */
type Machine = readonly { readonly from: number; readonly keyring: Keyring }[]

const epoch = 1_800_000_000

/** Rolls a key through a simulated fleet, with the real minter and verifier, and counts what is lost. */
export function simulate(plan: Plan, fleet: Fleet): Outcome {
  const random = createRandom(fleet.seed)
  const minters = Array.from({ length: fleet.minters }, () => createMachine(plan, { random, rollOut: fleet.rollOut }))
  const receivers = Array.from({ length: fleet.receivers }, () =>
    createMachine(plan, { random, rollOut: fleet.rollOut }),
  )
  const clock = createClock()
  const code = createCode(fleet, clock)
  const end = (plan.steps.at(-1)?.at ?? 0) + 2 * fleet.rollOut
  const codes: Record<string, number> = {}
  const moments: number[] = []
  let calls = 0
  let lostUrls = 0
  for (let url = 0; url < fleet.urls; url++) {
    // From a lifetime before the first change on: such URLs are still about when it comes.
    const mintedAt = -fleet.lifetime + random() * (end + fleet.lifetime)
    const minter = minters[Math.floor(random() * minters.length)] as Machine
    clock.set(mintedAt)
    const text = code.minters[keyringAt(minter, mintedAt)].mintSync({ command: '/run', userId: url })
    const before = moments.length
    // At once, some time, and in the last second.
    for (const age of [0, random() * (fleet.lifetime - 1), fleet.lifetime - 1]) {
      const calledAt = mintedAt + age
      const receiver = receivers[Math.floor(random() * receivers.length)] as Machine
      calls++
      clock.set(calledAt)
      const refusal = judge(code.verifiers[keyringAt(receiver, calledAt)], text)
      if (refusal === undefined) continue
      codes[refusal] = (codes[refusal] ?? 0) + 1
      moments.push(calledAt)
    }
    if (moments.length > before) lostUrls++
  }
  const span = moments.length === 0 ? undefined : ([Math.min(...moments), Math.max(...moments)] as const)
  return { plan, minted: fleet.urls, calls, lost: moments.length, lostUrls, codes, span }
}

function createMachine({ steps }: Plan, { random, rollOut }: { random: () => number; rollOut: number }): Machine {
  const arrivals = steps.map(({ at, keyring }) => ({ from: at + random() * rollOut, keyring }))
  // A change that arrives after a later one is not taken any more.
  const taken = arrivals.filter(({ from }, index) => arrivals.slice(index + 1).every((later) => later.from > from))
  return [{ from: Number.NEGATIVE_INFINITY, keyring: 'old' }, ...taken]
}

function keyringAt(machine: Machine, moment: number): Keyring {
  return (machine.findLast(({ from }) => from <= moment) as Machine[number]).keyring
}

function createClock(): { set(seconds: number): void; now(): number } {
  let moment = 0
  return {
    set: (seconds) => {
      moment = seconds
    },
    now: () => (epoch + moment) * 1000,
  }
}

function createCode(
  { ids, lifetime }: Fleet,
  { now }: { now: () => number },
): { minters: Record<Keyring, Minter>; verifiers: Record<Keyring, Verifier> } {
  const texts = { old: makeKey('k1'), new: makeKey('k2') }
  const forKeyrings = <T>(create: (keys: string[]) => T): Record<Keyring, T> => ({
    old: create([texts.old]),
    'old, new': create([texts.old, texts.new]),
    'new, old': create([texts.new, texts.old]),
    new: create([texts.new]),
  })
  function makeKey(id: string): string {
    return generateKey(ids === 'with ids' ? { id } : {})
  }
  const baseUrl = 'https://bot.example.com/hooks'
  return {
    minters: forKeyrings((keys) => createMinter({ keys, baseUrl, expiresIn: `${lifetime}s`, now })),
    verifiers: forKeyrings((keys) => createVerifier({ keys, now })),
  }
}

function judge(verifier: Verifier, url: string): string | undefined {
  try {
    verifier.verifySync(url)
    return undefined
  } catch (error) {
    if (isHookurlError(error)) return error.code
    throw error
  }
}
