// The tests that all minimal receivers share: each receiver runs in its runtime and receives these requests.
import { createMinter } from '@hookurl/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SendRequest, TestRequest, TestResponse } from '../../test/runtimes/runtime.ts'
import { testKey } from '../../tools/snippets.ts'
import { recordCheck } from './record-check.ts'

/** A running example, and how to send requests to it. */
export interface RunningExample {
  readonly send: SendRequest
  /** Its output so far. */
  output(): string
  stop(): Promise<void>
}

export interface MinimalReceiver {
  readonly name: string
  /** What runs it, for the table. */
  readonly by: string
  start(): Promise<RunningExample>
  /** Adds tests of what else the example does. */
  testMore?(send: SendRequest): void
  /** Why it cannot run on this machine. */
  readonly absence?: string
}

/** The environment of an example: a free port, and the key that the tests mint with. */
export const environment: Readonly<Record<string, string>> = { HOOKURL_KEYS: testKey, PORT: '0' }

const minterOptions = { keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' } as const
const order: TestRequest = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"order":7}' }
const browserHeaders = { 'sec-fetch-mode': 'navigate' }
const cat = { command: '/onWebhook', userId: 42, content: 'cat', redirectTo: 'https://cataas.com/cat' } as const

/** Tests a receiver that handles `/onWebhook` only and prints what it receives. */
export function testMinimalReceiver({ name, by, start, testMore, absence }: MinimalReceiver): void {
  describe(name, () => {
    let running: RunningExample | undefined
    const minter = createMinter(minterOptions)
    const expiredMinter = createMinter({ ...minterOptions, now: () => 1_700_000_000_000 })
    const send = (path: string, request: TestRequest): Promise<TestResponse> => {
      if (running === undefined) throw new Error('the example has not started')
      return running.send(path, request)
    }

    beforeAll(async () => {
      if (absence === undefined) running = await start()
    }, 300_000)
    afterAll(async () => {
      await running?.stop()
      if (absence === undefined)
        recordCheck(name, `${by}: runs valid URLs, rejects all others, shows browsers a confirm page`)
    })

    beforeEach((context) => (absence === undefined ? undefined : context.skip(absence)))

    test('a valid URL runs the handler, with what was signed and what was sent', async () => {
      const { status, body } = await send(getPath(minter.mintSync(cat)), order)
      expect([status, body]).toEqual([200, '{"ok":true}'])
      await expect.poll(() => running?.output()).toMatch(/signed: 42 cat – sent: \{\s*order: 7,?\s*\}/)
    })

    test('an altered URL is rejected with 403', async () => {
      const path = getPath(minter.mintSync(cat))
      const at = path.length - 10
      const altered = `${path.slice(0, at)}${path[at] === 'A' ? 'B' : 'A'}${path.slice(at + 1)}`
      expect(getRejection(await send(altered, order))).toEqual({ status: 403, code: 'invalid_signature' })
    })

    test('an expired URL is rejected with 410', async () => {
      const expired = getPath(expiredMinter.mintSync(cat))
      expect(getRejection(await send(expired, order))).toEqual({ status: 410, code: 'expired' })
    })

    test('a command without a handler is rejected with 404', async () => {
      const unhandled = getPath(minter.mintSync({ command: '/other' }))
      expect(getRejection(await send(unhandled, order))).toEqual({ status: 404, code: 'unknown_command' })
    })

    test('a browser gets a page with a button', async () => {
      const page = await send(getPath(minter.mintSync(cat)), { method: 'GET', headers: browserHeaders })
      expect(page.status).toBe(200)
      expect(page.body).toContain('<form method="post"')
    })

    test('a browser is redirected after the button is pressed', async () => {
      const path = getPath(minter.mintSync(cat))
      const { status, location } = await send(path, { method: 'POST', headers: browserHeaders })
      expect([status, location]).toEqual([303, 'https://cataas.com/cat'])
    })

    test('HEAD gets 200', async () => {
      expect((await send(getPath(minter.mintSync(cat)), { method: 'HEAD' })).status).toBe(200)
    })

    test('a URL without a token gets 404', async () => {
      expect((await send('/hooks', order)).status).toBe(404)
    })

    testMore?.(send)
  })
}

function getPath(url: string): string {
  return new URL(url).pathname
}

function getRejection({ status, body }: TestResponse): { status: number; code: string } {
  return { status, code: (JSON.parse(body) as { code: string }).code }
}
