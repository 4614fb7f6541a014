import type { Duration } from '@hookurl/core'
import { assertOptions, invalidOption, parseDuration } from '@hookurl/core/internal'
import type { UseStore } from './store.ts'

/** How uses are counted. */
export interface UseOptions {
  store: UseStore
  /**
   * What happens if a handler fails. With `'at-least-once'` (the default), a use is committed after the handler has
   * succeeded, so a failed run can be retried. With `'at-most-once'`, it is committed before the handler runs, and
   * never released.
   */
  mode?: 'at-least-once' | 'at-most-once' | undefined
  /** How long a use stays reserved if its process dies, 1 second to 1 day; 60 s by default. Renewed automatically. */
  lease?: Duration | undefined
  /**
   * How long the lease of a running handler or guarded route is renewed; 10 min by default. After that, another request
   * may use the URL of a handler, and the use of a guard is committed.
   */
  maxLease?: Duration | undefined
}

/** The validated options. */
export interface UsesConfig {
  readonly store: UseStore
  readonly mode: 'at-least-once' | 'at-most-once'
  readonly leaseMs: number
  readonly maxLeaseMs: number
}

const optionNames: ReadonlySet<string> = new Set(['store', 'mode', 'lease', 'maxLease'])
const storeMethods = ['reserve', 'renew', 'commit', 'release'] as const
const DAY_MS = 86_400_000

/**
 * Validates the option `uses`: a store, or a store with its options.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseUsesOption(uses: UseStore | UseOptions | undefined): UsesConfig | undefined {
  if (uses === undefined) return undefined
  const options: UseOptions = isStore(uses) ? { store: uses } : (uses as UseOptions)
  assertOptions(options, optionNames, 'uses')
  const { store, mode = 'at-least-once', lease = 60, maxLease = 600 } = options
  if (!isStore(store)) {
    throw invalidOption(
      'uses needs a store with reserve, renew, commit and release',
      'Pass a use store, such as redisUseStore(client) or sqlUseStore(execute, options).',
    )
  }
  if (mode !== 'at-least-once' && mode !== 'at-most-once') {
    throw invalidOption(
      "uses.mode must be 'at-least-once' or 'at-most-once'",
      "Set it to 'at-least-once' or 'at-most-once'.",
    )
  }
  return { store, mode, leaseMs: parseMs(lease, 'lease'), maxLeaseMs: parseMs(maxLease, 'maxLease') }
}

function parseMs(value: Duration, name: string): number {
  const milliseconds = Math.round(parseDuration(value, `uses.${name}`) * 1000)
  if (milliseconds >= 1000 && milliseconds <= DAY_MS) return milliseconds
  throw invalidOption(`uses.${name} must be from 1 second to 1 day`, "Write a duration such as '30s'.")
}

function isStore(value: unknown): value is UseStore {
  return (
    typeof value === 'object' &&
    value !== null &&
    storeMethods.every((name) => typeof Reflect.get(value, name) === 'function')
  )
}
