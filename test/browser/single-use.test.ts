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
    }, 60_000)

    beforeEach(() => {
      runs.length = 0
    })

    afterAll(async () => {
      await browser?.close()
      for (const server of servers) server.close()
    })

    test('a person who double-clicks the confirm button lands on the redirect, run once', async () => {
      const url = mint({ command: '/once', maxUses: 1, redirectTo: target })
      await press(url, async (page) => {
        await page.getByRole('button', { name: 'Confirm' }).dblclick({ noWaitAfter: true })
        await page.waitForURL(target)
        expect(await page.title()).toBe('Landed')
      })
      expect(runs).toEqual(['/once'])
    })

    test('with three uses, three people who press the button are three runs, and a fourth is told', async () => {
      const url = mint({ command: '/three', maxUses: 3 })
      const titles: string[] = []
      for (const name of ['Ada', 'Ben', 'Cleo', 'Dora']) {
        await press(url, async (page) => {
          await page.getByRole('button').click()
          await page.waitForFunction("document.title !== 'Please confirm'")
          titles.push(`${name}: ${await page.title()}`)
        })
      }
      expect(titles).toEqual(['Ada: Done', 'Ben: Done', 'Cleo: Done', 'Dora: This link has been used'])
      expect(runs).toHaveLength(3)
    })

    test('of an approve and a reject link that share an id, one runs and the other says so', async () => {
      const [approve, reject] = ['/approve', '/reject'].map((command) => mint({ command, maxUses: 1, id: 'request-9' }))
      await press(approve as string, async (page) => {
        await page.getByRole('button').click()
        await page.waitForFunction("document.title === 'Done'")
      })
      await press(reject as string, async (page) => {
        await page.getByRole('button').click()
        await page.waitForFunction("document.title !== 'Please confirm'")
        expect(await page.getByRole('heading').textContent()).toBe('This link has been used')
      })
      expect(runs).toEqual(['/approve'])
    })
  },
)

async function press(url: string, use: (page: Page) => Promise<void>): Promise<void> {
  await withPage(browser, {}, async (page) => {
    await page.goto(url)
    await use(page)
  })
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
