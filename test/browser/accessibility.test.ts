import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, generateKey, type MintOptions } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explainAbsence } from '../../tools/setup/programs.js'
import { runAxe } from './axe.ts'
import { chromiumPath, openBrowser } from './open-browser.ts'

const keys = generateKey()
const longTitle = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde'
const phone = { width: 390, height: 844 }
let server: Server
let browser: Browser
let page: Page
let base: string

interface PageCase {
  readonly what: string
  readonly options: Partial<MintOptions>
  readonly heading: string
  /** Clicks the confirm button first. */
  readonly confirms?: boolean
  readonly userAgent?: string
}

const cases: readonly PageCase[] = [
  { what: 'confirm page', options: { redirectTo: 'https://shop.example/' }, heading: 'Please confirm' },
  { what: 'confirm page with a long title', options: { command: '/long' }, heading: longTitle },
  { what: 'confirm page with choices and a comment', options: { command: '/choose' }, heading: 'Deploy?' },
  { what: 'success page', options: {}, heading: 'Done', confirms: true },
  { what: 'page of an expired URL', options: { expiresAt: new Date(1000) }, heading: 'This link has expired' },
  {
    what: 'page of a failed handler',
    options: { command: '/fails' },
    heading: 'Something went wrong',
    confirms: true,
  },
  { what: 'page of an unknown command', options: { command: '/other' }, heading: 'This link does not work' },
  { what: 'link preview page', options: {}, heading: 'Open this link', userAgent: 'TelegramBot' },
]

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'pages at phone width, in Chromium',
  () => {
    beforeAll(async () => {
      const handlers = {
        '/a': () => undefined,
        '/long': () => undefined,
        '/choose': () => undefined,
        '/fails': () => Promise.reject(new Error('for the page')),
      }
      const commands = {
        '/a': {},
        '/long': { title: longTitle },
        '/choose': {
          title: 'Deploy?',
          choices: { approve: 'Approve', reject: 'Reject', later: longTitle },
          comment: { label: 'Why?', maxLength: 500 },
        },
        '/fails': {},
        '/other': {},
      }
      server = createServer(hookurl({ keys, commands, handlers, onError: () => {} }))
      server.listen(0)
      await once(server, 'listening')
      base = `http://localhost:${(server.address() as AddressInfo).port}/hooks`
      browser = await openBrowser()
      // The pages keep nothing in the browser, so one tab opens them all.
      page = await browser.newPage({ viewport: phone })
    }, 60_000)

    afterAll(async () => {
      await browser?.close()
      server.close()
      server.closeAllConnections()
    })

    for (const { what, options, heading, confirms = false, userAgent } of cases) {
      describe(`the ${what}`, () => {
        beforeAll(async () => {
          const now = (): number => (options.expiresAt ? 0 : Date.now())
          const minter = createMinter({ keys, baseUrl: base, expiresIn: '1h', now })
          await page.setExtraHTTPHeaders(userAgent === undefined ? {} : { 'user-agent': userAgent })
          await page.goto(minter.mintSync({ command: '/a', ...options }))
          if (confirms) await page.getByRole('button').click()
          await page.getByRole('heading', { name: heading }).waitFor()
        })

        for (const colorScheme of ['light', 'dark'] as const) {
          test(`fits the width (${colorScheme})`, async () => {
            await page.emulateMedia({ colorScheme })
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width)
          })

          test(`passes axe, including color contrast (${colorScheme})`, async () => {
            await page.emulateMedia({ colorScheme })
            const { violations, passes, incomplete } = await runAxe(page)
            expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([])
            expect(passes.map(({ id }) => id)).toContain('color-contrast')
            expect(incomplete.map(({ id }) => id)).toEqual([])
          })
        }
      })
    }
  },
)
