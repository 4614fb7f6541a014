// What the smallest receivers have in common: each is started in its runtime, and these requests are sent to it.
import { createMinter } from '@hookurl/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestResponse, SendRequest, TestRequest } from '../../test/runtimes/runtime.ts'
import { testKey } from '../../tools/snippets.ts'
import { recordCheck } from './record-check.ts'

/** An example that runs, and how requests get to it. */
export interface RunningExample {
  readonly ask: SendRequest
  /** What it has printed until now. */
  output(): string
  stop(): Promise<void>
}

export interface MinimalReceiver {
  readonly name: string
  /** What ran it, for the table. */
  readonly by: string
  start(): Promise<RunningExample>
  /** Why it cannot be run on this machine. */
  readonly absence?: string
}

/** The environment that an example is started with: a free port, and the key that the tests mint with. */
export const environment: Readonly<Record<string, string>> = { HOOKURL_KEYS: testKey, PORT: '0' }

const given = { keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' } as const
const order: TestRequest = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"order":7}' }
const cat = { command: '/onWebhook', userId: 42, content: 'cat', redirectTo: 'https://cataas.com/cat' } as const

/** Tests a receiver that handles `/onWebhook`, prints what it got, and knows no other command. */
export function testMinimalReceiver({ name, by, start, absence }: MinimalReceiver): void {
  describe(name, () => {
    let started: RunningExample | undefined
    const minter = createMinter(given)
    const past = createMinter({ ...given, now: () => 1_700_000_000_000 })
    const ask = (path: string, asked: TestRequest): Promise<TestResponse> => {
      if (started === undefined) throw new Error('it has not started')
      return started.ask(path, asked)
    }

    beforeAll(async () => {
      if (absence === undefined) started = await start()
    }, 300_000)
    afterAll(async () => {
      await started?.stop()
      if (absence === undefined) recordCheck(name, `${by}: runs what was minted, refuses the rest, asks people first`)
    })

    beforeEach((context) => (absence === undefined ? undefined : context.skip(absence)))

    test('runs what was minted, and gets what was sent', async () => {
      const { status, body } = await ask(pathOf(minter.mintSync(cat)), order)
      expect([status, body]).toEqual([200, '{"ok":true}'])
      await expect.poll(() => started?.output()).toMatch(/signed: 42 cat – sent: \{\s*order: 7,?\s*\}/)
    })

    test('refuses what was altered, what has expired, and a command that it has no handler for', async () => {
      const good = pathOf(minter.mintSync(cat))
      const at = good.length - 10
      const altered = `${good.slice(0, at)}${good[at] === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`
      const strange = pathOf(minter.mintSync({ command: '/other' }))
      const answers = await Promise.all([altered, pathOf(past.mintSync(cat)), strange].map((path) => ask(path, order)))
      expect(answers.map(codeOf)).toEqual([
        [403, 'invalid_signature'],
        [410, 'expired'],
        [404, 'unknown_command'],
      ])
    })

    test('shows a person a button, and sends them on after it', async () => {
      const path = pathOf(minter.mintSync(cat))
      const page = await ask(path, { method: 'GET', headers: { accept: 'text/html' } })
      expect([page.status, page.body.includes('<form method="post"')]).toEqual([200, true])
      const { status, location } = await ask(path, { method: 'POST', headers: { accept: 'text/html' } })
      expect([status, location]).toEqual([303, 'https://cataas.com/cat'])
    })

    test('answers HEAD, and is not found where the URL has no token', async () => {
      const { status } = await ask(pathOf(minter.mintSync(cat)), { method: 'HEAD' })
      expect([status, (await ask('/hooks', order)).status]).toEqual([200, 404])
    })
  })
}

function pathOf(url: string): string {
  return new URL(url).pathname
}

function codeOf({ status, body }: TestResponse): unknown[] {
  return [status, (JSON.parse(body) as { code: string }).code]
}
