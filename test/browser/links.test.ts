import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, generateKey } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser, withPage } from './open-browser.ts'

const keys = generateKey()
const servers: Server[] = []
/** What ran, by the method of its request. */
const runs: (string | undefined)[] = []
/** What browsers said of the purpose of their requests. */
const purposes: string[] = []
let browser: Browser
let base: string
let landing: string
let linking: string

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'links in Chromium',
  () => {
    beforeAll(async () => {
      const receive = hookurl({ keys, handlers: { '*': (hook) => void runs.push(hook.method) } })
      base = await serve((request, response) => {
        const purpose = request.headers['sec-purpose']
        if (purpose !== undefined) purposes.push(String(purpose))
        receive(request, response, () => response.setHeader('content-type', 'text/html').end(linking))
      })
      landing = await serve((_request, response) => response.end('<!doctype html><title>Landed</title>'))
      browser = await openBrowser()
    }, 60_000)

    beforeEach(() => {
      runs.length = 0
      purposes.length = 0
    })

    afterAll(async () => {
      await browser?.close()
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
    })

    test('the confirm button leads on to another origin, also where that leads on once more', async () => {
      const between = await serve((_request, response) => response.writeHead(302, { location: `${landing}/end` }).end())
      // Another origin than both, for the browser.
      const redirectTo = `${between.replace('localhost', '127.0.0.1')}/go`
      const url = mint({ redirectTo })
      await withPage(browser, { javaScriptEnabled: false }, async (page) => {
        await page.goto(url)
        await page.getByRole('button', { name: 'Confirm' }).click()
        await page.waitForURL(`${landing}/end`)
        expect(await page.title()).toBe('Landed')
      })
      expect(runs).toEqual(['POST'])
    })

    for (const action of ['prefetch', 'prerender'] as const) {
      test(`a link that is fetched beforehand (${action}) runs once, when it is clicked`, async () => {
        const url = mint({ allowGet: true, redirectTo: `${landing}/end` })
        const rules = { [action]: [{ urls: [url], eagerness: 'immediate' }] }
        linking = `<!doctype html><title>Links</title><a href="${url}">Go</a><script type="speculationrules">${JSON.stringify(rules)}</script>`
        await withPage(browser, {}, async (page) => {
          await page.goto(`${base}/links`)
          await expect.poll(() => purposes, { timeout: 5000 }).not.toHaveLength(0)
          expect(purposes[0]).toBe(action === 'prefetch' ? 'prefetch' : 'prefetch;prerender')
          expect(runs).toEqual([])
          await page.getByRole('link').click()
          await page.waitForURL(`${landing}/end`)
        })
        expect(runs).toEqual(['GET'])
      })

      test(`a link to what is confirmed first, fetched beforehand (${action}), is asked and runs once`, async () => {
        const url = mint({})
        const rules = { [action]: [{ urls: [url], eagerness: 'immediate' }] }
        linking = `<!doctype html><title>Links</title><a href="${url}">Go</a><script type="speculationrules">${JSON.stringify(rules)}</script>`
        await withPage(browser, {}, async (page) => {
          await page.goto(`${base}/links`)
          await expect.poll(() => purposes, { timeout: 5000 }).not.toHaveLength(0)
          await page.getByRole('link').click()
          await page.getByRole('button', { name: 'Confirm' }).click()
          await page.getByRole('heading', { name: 'Done' }).waitFor()
        })
        expect(runs).toEqual(['POST'])
      })
    }

    test('a scanner and a chat look at a link, then its person clicks: it runs once, from the click', async () => {
      const url = mint({ allowGet: true, redirectTo: `${landing}/end` })
      const agent = { 'user-agent': 'TelegramBot (like TwitterBot)' }
      for (const method of ['HEAD', 'GET']) expect((await fetch(url, { method, headers: agent })).status).toBe(200)
      expect(runs).toEqual([])
      linking = `<!doctype html><title>Links</title><a href="${url}">Go</a>`
      await withPage(browser, {}, async (page) => {
        await page.goto(`${base}/links`)
        await page.getByRole('link').click()
        await page.waitForURL(`${landing}/end`)
      })
      expect(runs).toEqual(['GET'])
    })
  },
)

function mint(options: { allowGet?: boolean; redirectTo?: string }): string {
  const minter = createMinter({ keys, baseUrl: `${base}/hooks`, expiresIn: '1h' })
  return minter.mintSync({ command: '/onOpen', ...options })
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  server.listen(0)
  await once(server, 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}`
}
