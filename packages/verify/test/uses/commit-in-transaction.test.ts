import { PGlite, type Transaction } from '@electric-sql/pglite'
import { memoryUseStore, type ReceivedHook, type UseOptions, type UseStore } from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { createUseSchema, sqlUseStore } from '@hookurl/verify/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sendToHandler } from '../support/clients.ts'
import { countingReceiver, singleUseRequest, summarize } from '../support/counting-receiver.ts'
import { key } from '../support/fixtures.ts'

let database: PGlite
let store: UseStore

beforeAll(async () => {
  database = await PGlite.create()
  for (const statement of createUseSchema('postgres')) await database.exec(statement)
  await database.exec('CREATE TABLE work (note text)')
  store = sqlUseStore((sql, values) => database.query(sql, values), { dialect: 'postgres' })
})
beforeEach(() => database.exec('DELETE FROM work'))
afterAll(() => database.close())

const countWork = async (): Promise<number> => (await database.query('SELECT * FROM work')).rows.length

/** Commits the use and the work in one transaction, which `after` may still roll back. */
function work(hook: Pick<ReceivedHook, 'commitUse'>, after = async (_tx: Transaction): Promise<void> => {}) {
  return database.transaction(async (tx) => {
    expect(await hook.commitUse((sql, values) => tx.query(sql, values))).toBe(true)
    await tx.query("INSERT INTO work VALUES ('done')")
    await after(tx)
  })
}

const fail = async (): Promise<never> => {
  throw new Error('the work failed')
}

describe('commitUse in a transaction', () => {
  test('commits the use with the work', async () => {
    const { send, runs } = countingReceiver(store, (hook) => work(hook))
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('200 ok')
    expect(summarize(await send(request))).toBe('200 duplicate')
    expect(summarize(await send({ ...request, body: 'y' }))).toBe('410 already_used')
    expect([runs(), await countWork()]).toEqual([1, 1])
  })

  test('releases the use if the transaction is rolled back', async () => {
    let isBroken = true
    const { send, runs } = countingReceiver(store, (hook) => work(hook, isBroken ? fail : undefined))
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('500 handler_failed')
    expect(await countWork()).toBe(0)
    isBroken = false
    expect(summarize(await send(request))).toBe('200 ok')
    expect([runs(), await countWork()]).toEqual([2, 1])
  })

  test('keeps the use if the handler fails after the transaction', async () => {
    const { send, runs } = countingReceiver(store, async (hook) => {
      await work(hook)
      throw new Error('failed afterwards')
    })
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('500 handler_failed')
    expect(summarize(await send(request))).toBe('200 duplicate')
    expect([runs(), await countWork()]).toEqual([1, 1])
  })

  test('reports a handler that ignores its rollback as failed, and releases the use', async () => {
    const { send, errors } = countingReceiver(store, (hook) => work(hook, (tx) => tx.rollback()))
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('500 handler_failed')
    expect(errors).toMatchObject([{ code: 'handler_failed', message: expect.stringContaining('not committed') }])
    expect(summarize(await send(request))).toBe('500 handler_failed')
  })

  test('may be repeated in another transaction after a rollback', async () => {
    const { send } = countingReceiver(store, async (hook) => {
      await work(hook, fail).catch(() => {})
      await work(hook)
    })
    expect(summarize(await send(singleUseRequest()))).toBe('200 ok')
    expect(await countWork()).toBe(1)
  })

  test('throws lease_lost if another request has reserved the use', async () => {
    const { send, errors } = countingReceiver(store, async (hook) => {
      await database.query('DELETE FROM hookurl_uses')
      await work(hook)
    })
    const response = await send(singleUseRequest())
    expect(summarize(response)).toBe('503 lease_lost')
    expect(response.header('retry-after')).toBe('2')
    expect(errors).toMatchObject([{ code: 'lease_lost' }])
    expect(await countWork()).toBe(0)
  })

  test('throws lease_lost after a release', async () => {
    const { send } = countingReceiver(store, async (hook) => {
      expect(await hook.releaseUse()).toBe(true)
      await work(hook)
    })
    expect(summarize(await send(singleUseRequest()))).toBe('503 lease_lost')
  })

  test('prevents a later release', async () => {
    const { send } = countingReceiver(store, async (hook) => {
      await work(hook)
      expect(await hook.releaseUse()).toBe(false)
      expect(await hook.commitUse()).toBe(true)
    })
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('200 ok')
    expect(summarize(await send(request))).toBe('200 duplicate')
  })

  test('works behind a guard', async () => {
    let isBroken = true
    let runs = 0
    const guard = fetchHookurl({ keys: key, command: '/onWebhook', uses: store }, async (_request, hook) => {
      runs++
      await work(hook, isBroken ? fail : undefined).catch(() => {})
      return new Response('ok')
    })
    const send = sendToHandler(guard)
    const request = singleUseRequest()
    expect((await send(request)).status).toBe(200)
    isBroken = false
    expect((await send(request)).status).toBe(200)
    expect(summarize(await send(request))).toBe('410 already_used')
    expect([runs, await countWork()]).toEqual([2, 1])
  })

  test('resolves to false for a hook without maxUses', async () => {
    const { send } = countingReceiver(store, async (hook) => {
      expect(await hook.commitUse((sql, values) => database.query(sql, values))).toBe(false)
    })
    expect(summarize(await send(singleUseRequest({ maxUses: undefined })))).toBe('200 ok')
  })

  test.each<[name: string, uses: UseStore | UseOptions | (() => UseStore | UseOptions), message: string]>([
    ['a store without transactions', memoryUseStore(), 'cannot commit in a transaction'],
    ['SQLite', sqlUseStore(() => [], { dialect: 'sqlite' }), 'before anything is awaited'],
    ['at-most-once mode', () => ({ store, mode: 'at-most-once' }), 'before the handler runs'],
  ])('is rejected by %s', async (_name, uses, message) => {
    const { send, errors } = countingReceiver(
      typeof uses === 'function' ? uses() : rescueReserve(uses),
      async (hook) => {
        await hook.commitUse((sql, values) => database.query(sql, values))
      },
    )
    expect(summarize(await send(singleUseRequest()))).toBe('500 handler_failed')
    expect(errors).toMatchObject([{ code: 'invalid_option', message: expect.stringContaining(message) }])
  })
})

/** Lets a store without a database reserve uses. */
function rescueReserve(uses: UseStore | UseOptions): UseStore | UseOptions {
  if (!('transactions' in uses)) return uses
  return { ...memoryUseStore(), transactions: uses.transactions }
}
