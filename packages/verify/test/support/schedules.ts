import { createMinter } from '@hookurl/core'
import { createReceiver, type UseOptions, type UseStore } from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { key } from './fixtures.ts'

/** Milliseconds of simulated or real time. */
type Ms = number

/** The time that a schedule runs in, simulated or real. */
export interface World {
  /** The machine's wall clock, in epoch milliseconds. */
  now(): number
  sleep(ms: Ms): Promise<void>
  /** Jumps the machine's wall clock. */
  jump(ms: Ms): void
}

/** How long things take in a schedule: a real store needs shorter times than a simulated one. */
export interface Scale {
  readonly lifetime: Ms
  readonly bodyDelay: Ms
  readonly routeDelay: Ms
  /** Events happen from the minting of the URL until this long after its expiry. */
  readonly after: Ms
}

/** What a schedule did: how often the route or handler started, and how often it succeeded. */
export interface ScheduleResult {
  readonly description: string
  readonly starts: number
  readonly successes: number
  readonly isDoubled: boolean
}

const MINUTE = 60_000
const HOUR = 3_600_000

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * Sends requests for one single-use URL to several receivers and guards of one store: their clocks differ by up to five
 * minutes and jump by an hour, bodies arrive late, routes outlast their lease, and some fail.
 */
export async function runSchedule(
  { store, random }: { readonly store: UseStore; readonly random: () => number },
  world: World,
  scale: Scale,
): Promise<ScheduleResult> {
  const pick = (max: number): number => Math.floor(random() * max)
  const mode = random() < 0.5 ? 'at-least-once' : 'at-most-once'
  const log: string[] = [mode]
  let starts = 0
  let successes = 0

  async function run(fails: boolean, ms: Ms): Promise<void> {
    starts++
    await world.sleep(ms)
    if (fails) throw new Error('failed')
    successes++
  }

  const uses: UseOptions = { store, mode, lease: '1s', maxLease: `${1 + pick(2)}s` }
  const maxLease = Number.parseInt(uses.maxLease as string, 10) * 1000
  const entries = Array.from({ length: 1 + pick(3) }, () => {
    const clock = { offset: (random() - 0.5) * 10 * MINUTE }
    const options = {
      keys: key,
      uses,
      now: () => world.now() + clock.offset,
      clockTolerance: pick(301),
      bodyTimeout: '10s',
      onError: () => {},
    }
    const plan = { fails: false, ms: 0 }
    const receiver = createReceiver({
      ...options,
      handlers: { '*': () => run(plan.fails, Math.min(plan.ms, maxLease / 2)) },
    })
    const { bodyTimeout: _bodyTimeout, ...guardOptions } = options
    const guard = fetchHookurl({ ...guardOptions, command: '*' }, async () => {
      await run(plan.fails, plan.ms)
      return new Response('done')
    })
    return { clock, plan, receiver, guard }
  })

  const minter = createMinter({
    keys: key,
    baseUrl: 'https://bot.example.com/hooks',
    expiresIn: 'never',
    now: world.now,
  })
  const expiresAt = new Date(world.now() + scale.lifetime * (0.2 + random()))
  const url = minter.mintSync({ command: '/refund', maxUses: 1, expiresAt })
  const span = expiresAt.getTime() - world.now() + scale.after

  async function send(): Promise<void> {
    // Near the expiry, half of the time.
    const atExpiry = span - scale.after + (random() - 0.5) * 2 * scale.bodyDelay
    const at = Math.max(0, random() < 0.5 ? atExpiry : random() * span)
    const entry = entries[pick(entries.length)] as (typeof entries)[number]
    const isGuard = random() < 0.5
    const [bodyMs, routeMs, fails] = [random() * scale.bodyDelay, random() * scale.routeDelay, random() < 0.3]
    log.push(
      `${isGuard ? 'guard' : 'receiver'} at ${at.toFixed()} body ${bodyMs.toFixed()} route ${routeMs.toFixed()}${fails ? ' fails' : ''}`,
    )
    await world.sleep(at)
    const { plan } = entry
    const body = createLateBody(world, bodyMs, String(random()))
    const request = new Request(url, { method: 'POST', body, duplex: 'half' } as RequestInit)
    Object.assign(plan, { fails, ms: routeMs })
    const response = isGuard ? entry.guard(request) : entry.receiver.fetch(request)
    await response.catch(() => {})
  }

  // One clock jumps by an hour, and perhaps back.
  async function jump(): Promise<void> {
    const [at, isMachine] = [random() * span, random() < 0.3]
    const ms = random() < 0.5 ? HOUR : -HOUR
    log.push(`${isMachine ? 'machine' : 'receiver'} jumps ${ms} at ${at.toFixed()}`)
    const { clock } = entries[pick(entries.length)] as (typeof entries)[number]
    const move = (by: Ms): void => {
      if (isMachine) world.jump(by)
      else clock.offset += by
    }
    await world.sleep(at)
    move(ms)
    if (random() < 0.5) return
    await world.sleep((span - at) * random())
    move(-ms)
  }

  const events = [...Array.from({ length: 3 + pick(5) }, send), ...Array.from({ length: pick(2) }, jump)]
  await Promise.all(events)
  const isDoubled = successes > 1 || (mode === 'at-most-once' && starts > 1)
  return { description: log.join('; '), starts, successes, isDoubled }
}

function createLateBody(world: World, ms: Ms, text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: async (controller) => {
      const bytes = new TextEncoder().encode(text)
      controller.enqueue(bytes.subarray(0, 2))
      await world.sleep(ms)
      try {
        controller.enqueue(bytes.subarray(2))
        controller.close()
      } catch {
        // The receiver has cancelled it.
      }
    },
  })
}
