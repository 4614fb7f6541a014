import { PGlite } from '@electric-sql/pglite'
import { createMinter, type MintOptions } from '@hookurl/core'
import { createReceiver, memoryUseStore, type ReceivedHook, type ReceiverOptions } from '@hookurl/verify'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'

const CLICKS = 200
const command = '/reset-password'
const minter = createMinter({ keys: testKey, baseUrl: 'https://example.com/hooks', expiresIn: '1h' })
const db = new PGlite()

beforeAll(() => db.exec('CREATE TABLE users (id bigint PRIMARY KEY, password_hash text NOT NULL)'), 60_000)
beforeEach(() => db.exec("DELETE FROM users; INSERT INTO users VALUES (1, 'old')"))

test('without maxUses and without a condition, several clicks at once change the password', async () => {
  const changes = await click('UPDATE users SET password_hash = $1 WHERE id = $2 RETURNING id', () => [])
  console.log(`state-bound URL, ${CLICKS} clicks at once, no condition: ${changes} changes`)
  expect(changes).toBeGreaterThan(1)
})

test('with UPDATE … WHERE password_hash = hook.state, one click of many at once changes it', async () => {
  const update = 'UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3 RETURNING id'
  const changes = await click(update, ({ state }) => [state])
  console.log(`state-bound URL, ${CLICKS} clicks at once, UPDATE … WHERE password_hash = hook.state: ${changes} change`)
  expect(changes).toBe(1)
})

test('with maxUses: 1, one click of many at once changes it without a condition', async () => {
  const update = 'UPDATE users SET password_hash = $1 WHERE id = $2 RETURNING id'
  const changes = await click(update, () => [], { maxUses: 1 }, { uses: memoryUseStore() })
  console.log(`state-bound URL, ${CLICKS} clicks at once, maxUses: 1: ${changes} change`)
  expect(changes).toBe(1)
})

test('a state that returns to an old value revives the URL', async () => {
  const update = 'UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3 RETURNING id'
  const { send } = createSender(update, ({ state }) => [state], {}, {})
  expect([await send(), await send()]).toEqual([200, 410])
  await db.exec("UPDATE users SET password_hash = 'old'")
  expect(await send()).toBe(200)
})

/** Sends all clicks at once, and returns how many of them changed the row. */
async function click(...setup: SenderSetup): Promise<number> {
  const { send, countChanges } = createSender(...setup)
  await Promise.all(Array.from({ length: CLICKS }, send))
  return countChanges()
}

type SenderSetup = [
  update: string,
  getCondition: (hook: ReceivedHook) => unknown[],
  mintOptions?: Partial<MintOptions>,
  receiverOptions?: Partial<ReceiverOptions>,
]

function createSender(...[update, getCondition, mintOptions, receiverOptions]: SenderSetup) {
  let changes = 0
  const receiver = createReceiver({
    keys: testKey,
    state: async ({ userId }) => {
      const { rows } = await db.query<{ hash: string }>('SELECT password_hash AS hash FROM users WHERE id = $1', [
        userId,
      ])
      return rows[0]?.hash
    },
    handlers: {
      [command]: async (hook) => {
        const { rows } = await db.query(update, ['new', hook.userId, ...getCondition(hook)])
        changes += rows.length
      },
    },
    ...receiverOptions,
  })
  const url = minter.mintSync({ command, userId: 1, state: 'old', ...mintOptions })
  const send = async (): Promise<number> => (await receiver.fetch(new Request(url, { method: 'POST' }))).status
  return { send, countChanges: () => changes }
}
