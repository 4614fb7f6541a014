import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, generateKey, type MintOptions } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser, withPage } from './open-browser.ts'

const keys = generateKey()
const long = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde'
let server: Server
let browser: Browser
let base: string

interface Row {
  readonly what: string
  readonly options: Partial<MintOptions>
  readonly heading: string
  readonly presses?: boolean
  readonly agent?: string
}

const rows: readonly Row[] = [
  { what: 'to confirm', options: { redirectTo: 'https://shop.example/' }, heading: 'Please confirm' },
  { what: 'to confirm, of a long title', options: { command: '/long' }, heading: long },
  { what: 'when it is done', options: {}, heading: 'Done', presses: true },
  { what: 'of a link that has expired', options: { expiresAt: new Date(1000) }, heading: 'This link has expired' },
  { what: 'of a handler that failed', options: { command: '/fails' }, heading: 'Something went wrong', presses: true },
  { what: 'of a link that nobody knows', options: { command: '/other' }, heading: 'This link does not work' },
  { what: 'for a preview', options: {}, heading: 'Open this link', agent: 'TelegramBot' },
]

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'pages at phone width, in Chromium',
  () => {
    beforeAll(async () => {
      const handlers = {
        '/a': () => undefined,
        '/long': () => undefined,
        '/fails': () => Promise.reject(new Error('for the page')),
      }
      const commands = { '/a': {}, '/long': { title: long }, '/fails': {}, '/other': {} }
      server = createServer(hookurl({ keys, commands, handlers, onError: () => {} }))
      server.listen(0)
      await once(server, 'listening')
      base = `http://localhost:${(server.address() as AddressInfo).port}/hooks`
      browser = await openBrowser()
    }, 60_000)

    afterAll(async () => {
      await browser?.close()
      server.close()
      server.closeAllConnections()
    })

    for (const { what, options, heading, presses = false, agent } of rows) {
      for (const colorScheme of ['light', 'dark'] as const) {
        test(`the page ${what} (${colorScheme}) fits, and axe finds nothing wrong`, async () => {
          const url = createMinter({
            keys,
            baseUrl: base,
            expiresIn: '1h',
            now: () => (options.expiresAt ? 0 : Date.now()),
          })
          const settings = {
            colorScheme,
            viewport: { width: 390, height: 844 },
            ...(agent ? { userAgent: agent } : {}),
          }
          await withPage(browser, settings, async (page) => {
            await page.goto(url.mintSync({ command: '/a', ...options }))
            if (presses) await page.getByRole('button').click()
            await page.getByRole('heading', { name: heading }).waitFor()
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
            await page.evaluate(axe.source)
            const found = (await page.evaluate('axe.run()')) as axe.AxeResults
            expect(found.violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([])
            expect(found.passes.map(({ id }) => id)).toContain('color-contrast')
            expect(found.incomplete.map(({ id }) => id)).toEqual([])
          })
        })
      }
    }
  },
)
