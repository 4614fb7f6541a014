import type { Duration } from '@hookurl/core'
import { assertOptions, invalidOption, parseDuration } from '@hookurl/core/internal'
import type { UseStore } from './store.ts'

/** Where and how uses are counted. */
export interface UseOptions {
  store: UseStore
  /**
   * What a failure costs. `'at-least-once'` (the default): a use is spent when its handler has succeeded; one that
   * failed, or died, may be made again. `'at-most-once'`: it is spent before the handler runs, and never given back.
   */
  mode?: 'at-least-once' | 'at-most-once'
  /** How long a use stays taken when its process dies; 60 s unless told, at least 1 s. It is renewed in time. */
  lease?: Duration
  /** How long it is renewed while the handler runs; 10 min unless told. After that another request may run it. */
  maxLease?: Duration
}

/** The same, checked. */
export interface UsesConfig {
  readonly store: UseStore
  readonly mode: 'at-least-once' | 'at-most-once'
  readonly leaseMs: number
  readonly maxRunMs: number
}

const optionNames: ReadonlySet<string> = new Set(['store', 'mode', 'lease', 'maxLease'])
const storeNames = ['claim', 'renew', 'commit', 'release'] as const
const dayMs = 86_400_000

/** @throws {HookurlError} `invalid_option` */
export function parseUsesOption(given: UseStore | UseOptions | undefined): UsesConfig | undefined {
  if (given === undefined) return undefined
  const options: UseOptions = isStore(given) ? { store: given } : (given as UseOptions)
  assertOptions(options, optionNames, 'uses')
  const { store, mode = 'at-least-once', lease = 60, maxLease = 600 } = options
  if (!isStore(store)) {
    throw invalidOption(
      'uses needs a store, which can claim, renew, commit and release',
      'Pass memoryUses(), lmdbUses(path) or redisUses(client).',
    )
  }
  if (mode !== 'at-least-once' && mode !== 'at-most-once') {
    throw invalidOption("the mode of uses must be 'at-least-once' or 'at-most-once'", 'Choose one.')
  }
  return { store, mode, leaseMs: toMs(lease, 'lease'), maxRunMs: toMs(maxLease, 'maxLease') }
}

function toMs(value: Duration, name: string): number {
  const milliseconds = Math.round(parseDuration(value, `the ${name} of uses`) * 1000)
  if (milliseconds >= 1000 && milliseconds <= dayMs) return milliseconds
  throw invalidOption(`the ${name} of uses must be 1 second to 1 day`, `Correct ${name}.`)
}

function isStore(value: unknown): value is UseStore {
  return (
    typeof value === 'object' &&
    value !== null &&
    storeNames.every((name) => typeof Reflect.get(value, name) === 'function')
  )
}
