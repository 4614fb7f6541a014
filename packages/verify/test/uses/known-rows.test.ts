import { randomUUID } from 'node:crypto'
import type { UseStore } from '@hookurl/verify'
import { createUseSchema, type SqlExecutor, sqlUseStore } from '@hookurl/verify/sql'
import Database from 'libsql'
import { afterAll, beforeEach, expect, test } from 'vitest'

const database = new Database(':memory:')
for (const statement of createUseSchema('sqlite')) database.exec(statement)
afterAll(() => database.close())

const statements: string[] = []
beforeEach(() => void statements.splice(0))

/** Runs a statement and records its first word. A sweep is not recorded. */
const execute: SqlExecutor = async (sql, values) => {
  const [word = ''] = sql.split(' ')
  if (word !== 'DELETE') statements.push(word)
  await new Promise((resolve) => setTimeout(resolve, 1))
  return database.prepare(sql).all(...values)
}
const store = sqlUseStore(execute, { dialect: 'sqlite' })

function reserve(on: UseStore, id: string, owner: string, maxUses = 1) {
  const expiresAt = new Date(Date.now() + 1e9)
  return on.reserve({ id, maxUses, owner, leaseMs: 60_000, expiresAt, deliveryId: undefined, duplicateMs: 1e9 })
}

test('a use that no other request has touched is committed without a read', async () => {
  const id = randomUUID()
  await reserve(store, id, 'a')
  expect(await store.commit(id, 'a', 'fp:1')).toBe(true)
  expect(await reserve(store, id, 'b')).toMatchObject({ result: 'already_used' })
  expect(statements).toEqual(['SELECT', 'INSERT', 'UPDATE', 'SELECT'])
})

test('a use that was committed before its run gets its delivery without a read', async () => {
  const id = randomUUID()
  await reserve(store, id, 'a')
  await store.commit(id, 'a', undefined)
  await store.commit(id, 'a', 'fp:1')
  expect(statements).toEqual(['SELECT', 'INSERT', 'UPDATE', 'UPDATE'])
})

test('a use whose record another process has changed is committed all the same', async () => {
  const id = randomUUID()
  const other = sqlUseStore(execute, { dialect: 'sqlite' })
  await reserve(store, id, 'a', 2)
  await reserve(other, id, 'b', 2)
  expect(await store.commit(id, 'a', 'fp:1')).toBe(true)
  expect(await other.commit(id, 'b', 'fp:2')).toBe(true)
  expect(await reserve(store, id, 'c', 2)).toMatchObject({ result: 'already_used' })
})

test('a use that another process has taken is lost, although this process remembers its record', async () => {
  const id = randomUUID()
  await reserve(store, id, 'a')
  const other = sqlUseStore(execute, { dialect: 'sqlite' })
  await other.release(id, 'a')
  await reserve(other, id, 'b')
  expect(await store.commit(id, 'a', 'fp:1')).toBe(false)
  expect(await other.commit(id, 'b', 'fp:1')).toBe(true)
})

test('reservations that arrive together learn from one another, and need few statements', async () => {
  const id = randomUUID()
  const results = await Promise.all(Array.from({ length: 100 }, (_, index) => reserve(store, id, `${index}`, 7)))
  expect(results.filter(({ result }) => result === 'reserved')).toHaveLength(7)
  expect(statements.filter((word) => word !== 'SELECT')).toHaveLength(7)
  expect(statements.length).toBeLessThanOrEqual(10)
})

test('a reservation learns nothing from before it was made', async () => {
  const id = randomUUID()
  await reserve(store, id, 'a')
  // It reads the reservation of `a`, which is released before the next one is made.
  const slow = reserve(store, id, 'b')
  await store.release(id, 'a')
  const next = reserve(store, id, 'c')
  expect([(await slow).result, (await next).result]).toEqual(['in_progress', 'reserved'])
})

test('a statement without a reply holds up later reservations for less than a receiver waits', async () => {
  let isStuck = true
  const stuck = sqlUseStore((sql, values) => (isStuck ? new Promise(() => {}) : execute(sql, values)), {
    dialect: 'sqlite',
  })
  const id = randomUUID()
  void reserve(stuck, id, 'a')
  isStuck = false
  const begin = performance.now()
  expect(await reserve(stuck, id, 'b')).toEqual({ result: 'reserved' })
  expect(performance.now() - begin).toBeLessThan(450)
})

test('the memory keeps only the latest records', async () => {
  const ids = Array.from({ length: 1001 }, () => randomUUID())
  const fast = sqlUseStore(
    (sql, values) => {
      statements.push(sql.split(' ')[0] as string)
      return database.prepare(sql).all(...values)
    },
    { dialect: 'sqlite' },
  )
  for (const id of ids) await reserve(fast, id, 'a')
  statements.splice(0)
  for (const id of [ids[0], ids[1000]]) expect(await fast.commit(id as string, 'a', 'fp:1')).toBe(true)
  expect(statements).toEqual(['SELECT', 'UPDATE', 'UPDATE'])
})
