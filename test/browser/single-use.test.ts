import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMinter, generateKey, type MintOptions } from '@hookurl/core'
import { memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser, withPage } from './open-browser.ts'

const keys = generateKey()
const runs: string[] = []
const servers: Server[] = []
let browser: Browser
let page: Page
let base: string
let target: string

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'single use in Chromium',
  () => {
    beforeAll(async () => {
      const landing = '<!doctype html><title>Landed</title><h1>Landed</h1>'
      target = `http://127.0.0.1:${await listen(createServer((_, response) => response.end(landing)))}/landed`
      const handlers = {
        '*': async ({ command }: { command: string }) => {
          runs.push(command)
          await sleep(500)
        },
      }
      const receiver = hookurl({ keys, uses: memoryUseStore(), onError: () => {}, handlers })
      base = `http://localhost:${await listen(createServer(receiver))}/hooks`
      browser = await openBrowser()
      page = await browser.newPage()
    }, 60_000)

    beforeEach(() => {
      runs.length = 0
    })

    afterAll(async () => {
      await browser?.close()
      for (const server of servers) server.close()
    })

    test('a double click on the confirm button runs the handler once and redirects', async () => {
      await page.goto(mint({ command: '/once', maxUses: 1, redirectTo: target }))
      await page.getByRole('button', { name: 'Confirm' }).dblclick({ noWaitAfter: true })
      await page.waitForURL(target)
      expect(await page.title()).toBe('Landed')
      expect(runs).toEqual(['/once'])
    })

    test('a URL with three uses runs three times, and the fourth confirmation shows that it was already used', async () => {
      const url = mint({ command: '/three', maxUses: 3 })
      const headings: (string | null)[] = []
      // The receiver sets no cookies, so four users send the same requests as four visits.
      for (let visit = 1; visit <= 4; visit++) headings.push(await confirm(page, url))
      expect(headings).toEqual(['Done', 'Done', 'Done', 'This link was already used'])
      expect(runs).toHaveLength(3)
    })

    test('a thief who confirms first sees Done, and the victim in another profile sees that the link was used', async () => {
      const url = mint({ command: '/stolen', maxUses: 1 })
      await withPage(browser, {}, async (thief) => {
        // The victim has the page open already.
        await page.goto(url)
        expect(await confirm(thief, url)).toBe('Done')
        await page.getByRole('button').click()
        const heading = page.getByRole('heading').filter({ hasNotText: 'Please confirm' })
        expect(await heading.textContent()).toBe('This link was already used')
        expect(await page.getByRole('main').textContent()).toMatch(
          /It was used on \w+ \d+, \d{4} at \d+:\d\d\s[AP]M UTC/,
        )
      })
      expect(runs).toEqual(['/stolen'])
    })

    test('a double click and a reload of the same user both end with Done', async () => {
      await page.goto(mint({ command: '/impatient', maxUses: 1 }))
      await page.getByRole('button', { name: 'Confirm' }).dblclick({ noWaitAfter: true })
      const done = page.getByRole('heading', { name: 'Done' })
      await done.waitFor()
      await page.reload()
      await done.waitFor()
      expect(runs).toEqual(['/impatient'])
    })

    test('of an approve and a reject link that share an id, only the first runs', async () => {
      const [approve, reject] = ['/approve', '/reject'].map((command) => mint({ command, maxUses: 1, id: 'request-9' }))
      expect(await confirm(page, approve as string)).toBe('Done')
      expect(await confirm(page, reject as string)).toBe('This link was already used')
      expect(runs).toEqual(['/approve'])
    })
  },
)

/** Opens a URL, clicks its confirm button, and returns the heading of the page after it. */
async function confirm(page: Page, url: string): Promise<string | null> {
  await page.goto(url)
  await page.getByRole('button').click()
  const heading = page.getByRole('heading').filter({ hasNotText: 'Please confirm' })
  return heading.textContent()
}

function mint(options: MintOptions): string {
  return createMinter({ keys, baseUrl: base, expiresIn: '1h' }).mintSync(options)
}

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
