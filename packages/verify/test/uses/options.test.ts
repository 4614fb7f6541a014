import { createReceiver, memoryUseStore, type ReceiverOptions } from '@hookurl/verify'
import { describe, test } from 'vitest'
import { expectOptionError, key } from '../support/fixtures.ts'

describe('the option uses', () => {
  const store = memoryUseStore()
  const noop = () => {}
  const invalid: readonly [what: string, uses: unknown, message: RegExp][] = [
    ['an empty object', {}, /uses needs a store/],
    ['a store with two of four methods', { reserve: noop, renew: noop }, /no option "reserve"/],
    ['options with an incomplete store', { store: { reserve: noop } }, /uses needs a store/],
    ['a number', 1, /uses requires an options object/],
    ['null', null, /uses requires an options object/],
    ['an unknown option', { store, leases: '60s' }, /no option "leases"/],
    ['an unknown mode', { store, mode: 'exactly-once' }, /uses\.mode must be/],
    ['a lease without a unit', { store, lease: '60' }, /uses\.lease must be/],
    ['a lease below 1 second', { store, lease: '900ms' }, /uses\.lease must be from 1 second/],
    ['a lease over 1 day', { store, lease: '25h' }, /uses\.lease must be/],
    ['a maxLease of 0', { store, maxLease: 0 }, /uses\.maxLease must be/],
  ]
  for (const [what, uses, message] of invalid) {
    test(`createReceiver throws invalid_option for ${what}`, async () => {
      const options = { keys: key, handlers: { '*': () => undefined }, uses } as ReceiverOptions
      await expectOptionError(() => createReceiver(options), message)
    })
  }
})
