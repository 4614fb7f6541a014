import { createMinter } from '@hookurl/core'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import type { MinimalReceiver } from '../../support/minimal-receiver.ts'

/** Tests the guarded route of the example. */
export function testGuard({ start, absence }: Pick<MinimalReceiver, 'start' | 'absence'>): void {
  beforeEach((context) => (absence === undefined ? undefined : context.skip(absence)))

  test('the guarded route gets the content of a valid URL, and other URLs are rejected', {
    timeout: 300_000,
  }, async () => {
    const { send, stop } = await start()
    onTestFinished(stop)
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
