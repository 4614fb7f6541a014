import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { summarize } from '../support/counting-receiver.ts'
import { catchError, getToken } from '../support/fixtures.ts'
import { type OpenWaitStore, stopWaitServers, type WaitStoreKind, waitStoreKinds } from '../support/wait-stores.ts'
import { type MountedWaiter, mountWaiter } from '../support/waiters.ts'

for (const kind of waitStoreKinds) describeStore(kind)

afterAll(stopWaitServers)

/** What every store does. */
function describeStore({ name, absence, open }: WaitStoreKind): void {
  describe.skipIf(absence !== undefined)(absence === undefined ? name : `${name}: ${absence}`, () => {
    let opened: OpenWaitStore

    beforeAll(async () => {
      opened = await open()
    }, 60_000)
    afterAll(() => opened.close())

    const createId = (): string => createHash('sha256').update(randomUUID()).digest('hex')
    const later = (): Date => new Date(Date.now() + 60_000)
    // The clock of a database cannot be set.
    const mount = (): MountedWaiter => mountWaiter({ waits: opened.store, now: Date.now }, { now: Date.now })

    test('a wait is open until it is settled, and keeps its first value', async () => {
      const { store } = opened
      const [id, expiresAt] = [createId(), later()]
      await store.create(id, expiresAt)
      expect(await store.read([id])).toEqual([{ expiresAt }])
      expect(await store.settle(id, 'first')).toBe('first')
      expect(await store.settle(id, 'second')).toBe('first')
      expect(await store.read([id])).toEqual([{ expiresAt, value: 'first' }])
    })

    test('an unknown wait has no record and cannot be settled', async () => {
      const id = createId()
      expect(await opened.store.read([id])).toEqual([undefined])
      expect(await opened.store.settle(id, 'value')).toBeUndefined()
      expect(await opened.store.read([id])).toEqual([undefined])
    })

    test('exactly one of 50 concurrent values wins, and all callers learn which', async () => {
      const id = createId()
      await opened.store.create(id, later())
      const values = Array.from({ length: 50 }, (_, at) => `value ${at}`)
      const won = new Set(await Promise.all(values.map((value) => opened.store.settle(id, value))))
      expect(won.size).toBe(1)
      expect((await opened.store.read([id]))[0]?.value).toBe([...won][0])
    })

    test('500 waits are read in one call, in the order of their ids', async () => {
      const ids = Array.from({ length: 500 }, createId)
      const expiresAt = later()
      await Promise.all(ids.slice(0, 250).map((id) => opened.store.create(id, expiresAt)))
      await Promise.all(ids.slice(0, 100).map((id, at) => opened.store.settle(id, `value ${at}`)))
      const records = await opened.store.read(ids)
      expect(records.map((record) => record?.value ?? record?.expiresAt)).toEqual([
        ...Array.from({ length: 100 }, (_, at) => `value ${at}`),
        ...Array.from({ length: 150 }, () => expiresAt),
        ...Array.from({ length: 250 }, () => undefined),
      ])
    })

    test('a value of two megabytes is kept', async () => {
      const id = createId()
      const value = 'x'.repeat(2_000_000)
      await opened.store.create(id, later())
      expect(await opened.store.settle(id, value)).toBe(value)
      expect((await opened.store.read([id]))[0]?.value).toBe(value)
    })

    test('the waiter of one process receives what another process stores', async () => {
      const [here, there] = [mount(), mount()]
      const { url, received } = await here.waiter.open({ command: '/onResult' })
      const waiting = received.then(({ payload }) => payload)
      expect(summarize(await there.call(url, { n: 1 }))).toBe('200 ok')
      expect(summarize(await here.call(url, { n: 1 }))).toBe('200 duplicate')
      expect(await waiting).toEqual({ n: 1 })
    })

    test('resume returns what was received, in any process and more than once', async () => {
      const { waiter, call } = mount()
      const { url, id } = await waiter.open({ command: '/onResult' })
      await call(url, 'kept')
      for (let times = 0; times < 2; times++) expect(await mount().waiter.resume(id)).toMatchObject({ payload: 'kept' })
    })

    test('a wait that another process aborts is already used', async () => {
      const controller = new AbortController()
      const { waiter, call } = mount()
      const { url, id } = await waiter.open({ command: '/onResult', signal: controller.signal })
      const error = catchError(() => mount().waiter.resume(id))
      controller.abort()
      expect(await error).toMatchObject({ code: 'already_used', message: 'the wait was aborted' })
      expect(summarize(await call(url, 1))).toBe('410 already_used')
    })

    test('nothing that is stored reveals the payload, the URL or the id', async () => {
      const { waiter, call } = mount()
      const { url, id } = await waiter.open({ command: '/onResult' })
      await call(url, { card: 'visible' }, { 'x-secret': 'visible' })
      const stored = await opened.dump()
      const decoded = [...stored.matchAll(/[\w-]{20,}/g)].map(([text]) =>
        Buffer.from(text, 'base64url').toString('latin1'),
      )
      for (const secret of ['visible', 'onResult', id, getToken(url), getToken(url).split('.')[1] as string]) {
        expect(stored).not.toContain(secret)
        expect(decoded.filter((text) => text.includes(secret))).toEqual([])
      }
    })
  })
}
