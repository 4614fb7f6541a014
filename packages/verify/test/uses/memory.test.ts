import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryUseStore } from '@hookurl/verify'
import { expect, test } from 'vitest'
import { expectOptionError } from '../support/fixtures.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

test('memoryUseStore throws invalid_option for an unknown option', async () => {
  await expectOptionError(() => memoryUseStore({ size: 1 } as never), /no option "size"/)
})

test('memoryUseStore throws invalid_option for a clock that is not a function', async () => {
  await expectOptionError(() => memoryUseStore({ now: 1 } as never), /now must be/)
})

test('expired records are removed from memory', async () => {
  let now = 1_800_000_000_000
  const store = memoryUseStore({ now: () => now })
  const suffix = 'k'.repeat(1000)
  collectGarbage()
  const heapBefore = process.memoryUsage().heapUsed
  for (let index = 0; index < 60_000; index++) {
    now += 1000
    // Through a buffer, so that the ids share no memory.
    const id = Buffer.from(`${index}${suffix}`).toString('latin1')
    const expiresAt = new Date(now + 5000)
    await store.reserve({ id, maxUses: 1, owner: 'a', leaseMs: 1000, expiresAt, deliveryId: undefined, duplicateMs: 0 })
    await store.commit(id, 'a', undefined)
  }
  collectGarbage()
  // Without the removal it would be more than 60 MB.
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(30_000_000)
}, 30_000)
