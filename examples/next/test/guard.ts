import { createMinter } from '@hookurl/core'
import { expect, test } from 'vitest'
import type { SendRequest } from '../../../test/runtimes/runtime.ts'
import { testKey } from '../../../tools/snippets.ts'

/** Tests the guarded route of the example. */
export function testGuard(send: SendRequest): void {
  test('the guarded route gets the content of a valid URL, and other URLs are rejected', async () => {
    const minter = createMinter({ keys: testKey, baseUrl: 'https://bot.example.com/approve', expiresIn: '1h' })
    const approval = { command: '/approve', userId: 42, content: { invoice: 7 } }
    const { pathname } = new URL(minter.mintSync(approval))
    const { status, body } = await send(pathname, { method: 'POST' })
    expect([status, body]).toEqual([200, 'approved invoice 7 for 42'])
    expect((await send(pathname.slice(0, -1), { method: 'POST' })).status).toBe(400)
    const other = new URL(minter.mintSync({ ...approval, command: '/onWebhook' })).pathname
    expect((await send(other, { method: 'POST' })).status).toBe(403)
  })
}
