import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createMinter, generateKey } from '@hookurl/core'
import { webhooks } from '@hookurl/core/webhooks'
import type { ReceivedHook } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createCertificate } from '../../packages/verify/test/support/certificate.ts'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser, withPage } from './open-browser.ts'

const keys = generateKey()
const runs: ReceivedHook[] = []
const servers: Server[] = []
let browser: Browser
let page: Page
let base: string
let target: string

beforeAll(async () => {
  const receiver = hookurl({ keys, handlers: { '*': (hook) => void runs.push(hook) } })
  base = `http://localhost:${await listen(createServer(receiver))}/hooks`
})

beforeEach(() => {
  runs.length = 0
})

afterAll(() => {
  for (const server of servers) server.close()
})

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'in Chromium',
  () => {
    beforeAll(async () => {
      const landing = (title: string) => `<!doctype html><title>${title}</title><h1>${title}</h1>`
      target = `http://127.0.0.1:${await listen(createServer((_, response) => response.end(landing('Landed'))))}/landed`
      const tls = createTlsServer(createCertificate('cataas.com'), (_, response) => response.end(landing('A cat')))
      browser = await openBrowser({ 'cataas.com': await listen(tls) })
      page = await browser.newPage({ ignoreHTTPSErrors: true })
    }, 60_000)

    afterAll(() => browser?.close())

    test('a hook URL shows a confirm page, whose button runs the command and redirects', async () => {
      const url = mint({ command: '/onWebhook', userId: 42, content: 'cat', redirectTo: target })
      await page.goto(url)
      expect(await page.title()).toBe('Please confirm')
      expect(runs).toHaveLength(0)
      expect(await page.content()).not.toContain(url.split('/').at(-1))
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.waitForURL(target)
      expect(await page.title()).toBe('Landed')
      expect(runs).toMatchObject([{ command: '/onWebhook', userId: '42', content: 'cat', method: 'POST' }])
    })

    test('the confirm page works without JavaScript, with the token in the query, at phone width', async () => {
      const minter = createMinter({ keys, baseUrl: base, expiresIn: '1h', tokenIn: 'query' })
      const url = minter.mintSync({ command: '/confirm' })
      await withPage(
        browser,
        { javaScriptEnabled: false, viewport: { width: 390, height: 844 } },
        async (phonePage) => {
          await phonePage.goto(url)
          await phonePage.getByRole('button').click()
          await phonePage.waitForLoadState()
          expect(await phonePage.title()).toBe('Done')
        },
      )
      expect(runs).toHaveLength(1)
    })

    test('a URL minted with allowGet runs when it is opened', async () => {
      const url = mint({ command: '/onOpen', allowGet: true, redirectTo: target })
      await page.goto(url)
      expect(page.url()).toBe(target)
      expect(runs).toMatchObject([{ command: '/onOpen', method: 'GET' }])
    })

    test('an expired URL shows a page that explains it', async () => {
      const minter = createMinter({ keys, baseUrl: base, expiresIn: '1s', now: () => 0 })
      const response = await page.goto(minter.mintSync({ command: '/late' }))
      expect(response?.status()).toBe(410)
      expect(await page.getByRole('heading').textContent()).toBe('This link has expired')
    })

    test("the original library's URL runs its command and redirects", async () => {
      await page.goto(runOriginalSnippet(personalSnippet))
      expect(page.url()).toBe('https://cataas.com/cat')
      expect(await page.title()).toBe('A cat')
      expect(runs).toMatchObject([{ command: '/onWebhook', userId: '829384712', content: 'Did you see the cat?' }])
    })
  },
)

test("a POST to the original library's global URL runs its command with the payload", async () => {
  const response = await fetch(runOriginalSnippet(globalSnippet), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"order_id":"A1"}',
  })
  expect(await response.json()).toEqual({ ok: true })
  expect(runs).toMatchObject([{ command: '/onWebhook', payload: { order_id: 'A1' } }])
  expect(runs[0]?.userId).toBeUndefined()
})

// The two calls in the documentation of the original library, copied verbatim.
const personalSnippet = `
let webhookUrl = Libs.Webhooks.getUrlFor({
  command: "/onWebhook",
  content: "Did you see the cat?",
  user_id: user.id,
  redirect_to: "https://cataas.com/cat"
})
`
const globalSnippet = `let webhookUrl = Libs.Webhooks.getUrlFor({ command: "/onWebhook" })`

function runOriginalSnippet(snippet: string): string {
  const Libs = { Webhooks: webhooks({ keys, baseUrl: base }) }
  return new Function('Libs', 'user', `${snippet}\nreturn webhookUrl`)(Libs, { id: 829384712 })
}

function mint(options: { command: string; [option: string]: unknown }): string {
  return createMinter({ keys, baseUrl: base, expiresIn: '1h' }).mintSync(options)
}

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
