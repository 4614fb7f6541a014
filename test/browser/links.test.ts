import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, generateKey, type MintOptions } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser, withPage } from './open-browser.ts'

const keys = generateKey()
const servers: Server[] = []
/** The request method of each run. */
const runs: (string | undefined)[] = []
/** The Sec-Purpose headers that the browser sent. */
const purposes: string[] = []
let browser: Browser
let base: string
let landing: string
let linkPage: string

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'links in Chromium',
  () => {
    beforeAll(async () => {
      const receive = hookurl({ keys, handlers: { '*': (hook) => void runs.push(hook.method) } })
      base = await serve((request, response) => {
        const purpose = request.headers['sec-purpose']
        if (purpose !== undefined) purposes.push(String(purpose))
        receive(request, response, () => response.setHeader('content-type', 'text/html').end(linkPage))
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

    test('the confirm button redirects to another origin, which may redirect again', async () => {
      const middle = await serve((_request, response) => response.writeHead(302, { location: `${landing}/end` }).end())
      // 127.0.0.1 is a different origin from both for the browser.
      const redirectTo = `${middle.replace('localhost', '127.0.0.1')}/go`
      const url = mint({ redirectTo })
      await withPage(browser, { javaScriptEnabled: false }, async (page) => {
        await page.goto(url)
        await page.getByRole('button', { name: 'Confirm' }).click()
        await page.waitForURL(`${landing}/end`)
        expect(await page.title()).toBe('Landed')
      })
      expect(runs).toEqual(['POST'])
    })

    // Each test needs a new context: after a prefetch that got 503 with Retry-After, Chromium sends no other for a while.
    for (const action of ['prefetch', 'prerender'] as const) {
      test(`a ${action} does not run a GET link; the click runs it once`, async () => {
        const url = mint({ allowGet: true, redirectTo: `${landing}/end` })
        await withPage(browser, {}, async (page) => {
          await openLinkPage(page, url, action)
          expect(purposes[0]).toBe(action === 'prefetch' ? 'prefetch' : 'prefetch;prerender')
          expect(runs).toEqual([])
          await page.getByRole('link').click()
          await page.waitForURL(`${landing}/end`)
        })
        expect(runs).toEqual(['GET'])
      })

      test(`after a ${action}, a link that needs confirmation shows its page and runs once`, async () => {
        await withPage(browser, {}, async (page) => {
          await openLinkPage(page, mint({}), action)
          await page.getByRole('link').click()
          await page.getByRole('button', { name: 'Confirm' }).click()
          await page.getByRole('heading', { name: 'Done' }).waitFor()
        })
        expect(runs).toEqual(['POST'])
      })
    }

    test("a scanner and a chat's link preview do not run a link; the user's click runs it once", async () => {
      const url = mint({ allowGet: true, redirectTo: `${landing}/end` })
      const headers = { 'user-agent': 'TelegramBot (like TwitterBot)' }
      for (const method of ['HEAD', 'GET']) expect((await fetch(url, { method, headers })).status).toBe(200)
      expect(runs).toEqual([])
      linkPage = `<!doctype html><title>Links</title><a href="${url}">Go</a>`
      await withPage(browser, {}, async (page) => {
        await page.goto(`${base}/links`)
        await page.getByRole('link').click()
        await page.waitForURL(`${landing}/end`)
      })
      expect(runs).toEqual(['GET'])
    })
  },
)

/** Opens a page with a link, and waits until the browser has prefetched or prerendered it. */
async function openLinkPage(page: Page, url: string, action: 'prefetch' | 'prerender'): Promise<void> {
  const rules = { [action]: [{ urls: [url], eagerness: 'immediate' }] }
  linkPage = `<!doctype html><title>Links</title><a href="${url}">Go</a><script type="speculationrules">${JSON.stringify(rules)}</script>`
  await page.goto(`${base}/links`)
  await expect.poll(() => purposes, { timeout: 5000 }).not.toHaveLength(0)
}

function mint(options: Partial<MintOptions>): string {
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
