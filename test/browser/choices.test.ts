import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, defineCommands, generateKey } from '@hookurl/core'
import { memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser } from './open-browser.ts'

const keys = generateKey()
const commands = defineCommands({
  '/deploy': {
    title: 'Deploy 4.2 to production?',
    choices: { approve: 'Approve', reject: 'Reject' },
    comment: { label: 'Why?', maxLength: 10 },
  },
})
const decisions: (readonly [choice: string, comment: string | undefined, payload: unknown])[] = []
let server: Server
let browser: Browser
let page: Page
let base: string

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'choices in Chromium, by keyboard and without JavaScript',
  () => {
    beforeAll(async () => {
      const receive = hookurl({
        keys,
        commands,
        uses: memoryUseStore(),
        handlers: { '/deploy': ({ choice, comment, payload }) => void decisions.push([choice, comment, payload]) },
      })
      server = createServer(receive)
      await once(server.listen(0), 'listening')
      base = `http://localhost:${(server.address() as AddressInfo).port}/hooks`
      browser = await openBrowser()
      page = await browser.newPage({ javaScriptEnabled: false })
    }, 60_000)

    beforeEach(async () => {
      decisions.length = 0
      await page.goto(mint())
    })

    afterAll(async () => {
      await browser?.close()
      server.close()
      server.closeAllConnections()
    })

    test('Tab leads to the comment, then to each choice, and Enter presses it', async () => {
      await page.keyboard.press('Tab')
      await page.keyboard.type('ok')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Done' }).waitFor()
      expect(decisions).toEqual([['reject', 'ok', {}]])
    })

    test('Enter in the comment is a line break, which counts as one character', async () => {
      await page.getByLabel('Why?').focus()
      await page.keyboard.type('1234')
      await page.keyboard.press('Enter')
      await page.keyboard.type('6789012345')
      expect(decisions).toEqual([])
      await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
      await page.getByRole('heading', { name: 'Done' }).waitFor()
      expect(decisions).toEqual([['approve', '1234\n67890', {}]])
    })

    test('without a comment, the handler receives none', async () => {
      await page.getByRole('button', { name: 'Approve' }).press('Enter')
      await page.getByRole('heading', { name: 'Done' }).waitFor()
      expect(decisions).toEqual([['approve', undefined, {}]])
    })

    test('after one choice, going back and pressing the other finds the link used', async () => {
      await page.getByRole('button', { name: 'Approve' }).press('Enter')
      await page.getByRole('heading', { name: 'Done' }).waitFor()
      await page.goBack()
      await page.getByRole('button', { name: 'Reject' }).press('Enter')
      await page.getByRole('heading', { name: 'This link was already used' }).waitFor()
      expect(decisions.map(([choice]) => choice)).toEqual(['approve'])
    })
  },
)

function mint(): string {
  return createMinter({ keys, baseUrl: base, expiresIn: '1h', commands }).mintSync({ command: '/deploy', maxUses: 1 })
}
