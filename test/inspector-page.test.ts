import { writeFileSync } from 'node:fs'
import { createMinter } from '@hookurl/core'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type RunningProgram, start, testKeys } from '../packages/cli/test/support/run.ts'
import { explainAbsence } from '../tools/setup/programs.js'
import { chromiumPath, openBrowser, withPage } from './browser/open-browser.ts'

const home = makeHome()
const wide = { width: 980, height: 470 }
const phone = { width: 390, height: 400 }
// Where to leave pictures of the page: HOOKURL_PICTURES=docs/images makes those of the documentation again.
const folder = process.env.HOOKURL_PICTURES
const pictures = ['detail-light', 'debugger-dark', 'list-phone']
let program: RunningProgram
let browser: Browser
let receiver: string
let address: string

interface Settings {
  readonly colorScheme?: 'light' | 'dark'
  readonly viewport?: { readonly width: number; readonly height: number }
}

/** Opens the page, and fails on anything that the browser complains of. */
async function open(use: (page: Page) => Promise<void>, settings: Settings = {}): Promise<void> {
  const options = { viewport: wide, permissions: ['clipboard-read', 'clipboard-write'], ...settings }
  await withPage(browser, options, async (page) => {
    const complaints: string[] = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(address)
    await page.getByText('live', { exact: true }).waitFor()
    await use(page)
    expect(complaints).toEqual([])
  })
}

function mint(options: { content?: unknown; command?: string; expiresAt?: Date } = {}): string {
  const minter = createMinter({ keys: testKeys, baseUrl: `${receiver}/hooks`, expiresIn: '7d' })
  return minter.mintSync({ command: '/onWebhook', userId: 42, redirectTo: 'https://cataas.com/cat', ...options })
}

const post = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

async function judgeAccess(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const found = (await page.evaluate('axe.run()')) as axe.AxeResults
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
  expect(found.passes.map(({ id }) => id)).toContain('color-contrast')
}

async function picture(page: Page, name: string): Promise<void> {
  if (folder === undefined || !pictures.includes(name)) return
  writeFileSync(`${folder}/inspector-${name}.png`, await page.screenshot())
}

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'the inspector page, in Chromium',
  () => {
    beforeAll(async () => {
      const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
      // On every address of the machine: the page must not follow.
      program = start(['listen', '--host', '0.0.0.0', '--port', '0', '--inspector-port', '0'], { env })
      const said = await program.waitForStderr(/other machines/)
      receiver = `http://127.0.0.1:${/0\.0\.0\.0:(\d+)/.exec(said)?.[1]}`
      address = (/http:\/\/127\.0\.0\.1:\d+\/#\S+/.exec(said) as RegExpExecArray)[0]
      browser = await openBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      program?.kill('SIGINT')
      expect((await program?.ended)?.exit).toBe(130)
      home.remove()
    })

    test('shows a hook within a second, what was signed apart from what was sent, and all of it as text', async () => {
      await open(async (page) => {
        const content = '<img src=x onerror="document.title=1"> \u202etxt.exe'
        await post(mint({ content }), '{"note":"<b>paid</b>","order_id":"A1"}', { 'x-strange': '<script>1</script>' })
        const line = page.getByRole('button', { name: /\/onWebhook user 42/ }).first()
        await line.waitFor({ timeout: 1000 })
        await line.click()
        const signed = page.locator('.part.signed')
        const sent = page.locator('.part.caller')
        await signed.getByText('<img src=x onerror="document.title=1"> \\u202etxt.exe').waitFor()
        expect(await signed.textContent()).not.toContain('paid')
        expect(await sent.textContent()).toContain('"note": "<b>paid</b>"')
        expect(await sent.textContent()).not.toContain('onerror')
        await page.getByText('<script>1</script>').waitFor()
        expect(await page.locator('main img, main b:text("paid"), main script').count()).toBe(0)
        expect(await page.title()).toBe('hookurl inspector')
        // The secret is neither in the address any more, nor lost on a reload.
        expect(page.url()).not.toContain('#')
        await page.reload()
        await page.getByText('live', { exact: true }).waitFor()
      })
    })

    test('sends a request again with the same bytes, and tells how curl would', async () => {
      await open(async (page) => {
        await post(mint({ command: '/again' }), '{"a":"\\/it\'s"}', { 'x-delivery': 'd1' })
        await page
          .getByRole('button', { name: /\/again/ })
          .first()
          .click()
        await page.getByRole('button', { name: 'Copy as curl' }).click()
        const curl = await page.evaluate(() => navigator.clipboard.readText())
        expect(curl).toMatch(/^curl -i --globoff --path-as-is -X POST http:\/\/127\.0\.0\.1:\d+\/hooks\/eyJ/)
        expect(curl).toContain("-H 'x-delivery: d1'")
        expect(curl).toContain(`--data-raw '{"a":"\\/it'\\''s"}'`)
        await page.getByRole('button', { name: 'Replay' }).click()
        await page.getByText('sent again: 200').waitFor()
        const lines = page.getByRole('button', { name: /\/again/ })
        await lines.nth(1).waitFor()
        await lines.first().click()
        await page.locator('dd').getByText('d1', { exact: true }).waitFor()
        await page.getByLabel('Body as text').getByText('{"a":"\\/it\'s"}', { exact: true }).first().waitFor()
      })
    })

    test('filters by words, and moves through the list by keyboard', async () => {
      await open(async (page) => {
        for (const command of ['/first', '/second', '/third']) await post(mint({ command }), '{}')
        await post(`${mint({ command: '/fourth' })}x`, '{}')
        await page.getByRole('button', { name: /malformed/ }).waitFor()
        await page.keyboard.press('/')
        await page.keyboard.type('valid -/third')
        const list = page.getByRole('region', { name: 'What arrived' })
        await expect.poll(() => list.getByRole('button', { name: /third|malformed/ }).count()).toBe(0)
        await page.getByRole('searchbox').evaluate((box: HTMLElement) => box.blur())
        await page.keyboard.press('ArrowDown')
        await page.getByRole('heading', { name: /second/ }).waitFor()
        await page.keyboard.press('j')
        await page.getByRole('heading', { name: /first/ }).waitFor()
        await page.keyboard.press('Escape')
        await list.getByRole('button', { name: /malformed/ }).click()
        await page.getByText(/Why it was refused/).waitFor()
      })
    })

    test('shows nothing to whoever opens it without the secret, and says what to do', async () => {
      await withPage(browser, { viewport: wide }, async (page) => {
        await page.goto(address.replace(/#.*/, ''))
        await page.getByText('locked: open the address that listen printed').waitFor()
        expect(await page.locator('.list li').count()).toBe(0)
      })
    })

    test('diagnoses a damaged URL, and asks the process whether a sound one is genuine', async () => {
      await open(async (page) => {
        await page.getByRole('button', { name: 'Debugger' }).click()
        const box = page.getByRole('textbox', { name: 'A hook URL or token' })
        await box.fill(mint().slice(0, -9))
        await page.getByText('it is cut off: a signature of 34 characters where 43 belong').waitFor()
        await page.locator('.debugger .badge').getByText('malformed_token').waitFor()
        await box.fill(mint({ expiresAt: new Date(1_700_000_000_000) }))
        await page.getByText('it is not its time').waitFor()
        await page.locator('.debugger .badge').getByText('expired').waitFor()
        await box.fill(mint().replace(/eyJjb/, 'eyJjc'))
        await page.locator('.debugger .badge').getByText('invalid_signature').waitFor()
        await box.fill(mint({ content: 'x'.repeat(300) }))
        await page.locator('.debugger .badge').getByText('valid').waitFor()
        await page.getByText('with key 1 of 1').waitFor()
        await page.getByText('It is over 255, where some services cut, and fits at 2,048.').waitFor()
      })
    })

    test('mints, with a QR code, a URL that the receiver takes', async () => {
      await open(async (page) => {
        await page.getByRole('button', { name: 'Mint', exact: true }).first().click()
        await page.getByRole('textbox', { name: 'Command' }).fill('/minted')
        await page.getByRole('textbox', { name: 'Uses' }).fill('1.5')
        await page.keyboard.press('Enter')
        await page.getByText('uses must be a whole number from 1 to 1000').waitFor()
        await page.getByRole('textbox', { name: 'Uses' }).fill('')
        await page.getByRole('textbox', { name: 'Content' }).fill('{"order":7}')
        await page.getByRole('checkbox', { name: 'The content is JSON' }).check()
        await page.keyboard.press('Enter')
        await page.getByRole('img', { name: 'QR code of the URL' }).waitFor()
        const url = String(await page.locator('.mint .token').textContent())
        expect((await post(url.replace('localhost', '127.0.0.1'), '{}')).status).toBe(200)
        await page.getByRole('button', { name: 'Arrivals' }).click()
        await page.getByRole('button', { name: /\/minted/ }).click()
        await page.getByText('"order": 7').waitFor()
      })
    })

    for (const [name, settings] of [
      ['light', { colorScheme: 'light' }],
      ['dark', { colorScheme: 'dark' }],
      ['phone', { colorScheme: 'light', viewport: phone }],
    ] as const satisfies readonly (readonly [string, Settings])[]) {
      test(`is accessible and fits: ${name}`, async () => {
        const samples = ['/onPayment', '/onTranscript', '/approve']
        for (const command of samples) await post(mint({ command, content: { order: 'A-1093' } }), '{"status":"paid"}')
        await post(`${mint()}x`, '{}')
        await open(async (page) => {
          const judge = async (part: string): Promise<void> => {
            await judgeAccess(page)
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(page.viewportSize()?.width)
            await picture(page, `${part}-${name}`)
          }
          await page
            .getByRole('button', { name: /approve/ })
            .first()
            .waitFor()
          await judge('list')
          await page
            .getByRole('button', { name: /onPayment/ })
            .first()
            .click()
          await page.getByRole('heading', { name: 'Payload' }).waitFor()
          await judge('detail')
          await page.getByRole('button', { name: 'Open in the debugger' }).click()
          await page.getByText('with key 1 of 1').waitFor()
          await judge('debugger')
          await page.getByRole('button', { name: 'Mint', exact: true }).first().click()
          await page.getByRole('button', { name: 'Mint', exact: true }).last().click()
          await page.getByRole('img', { name: 'QR code of the URL' }).waitFor()
          await judge('mint')
        }, settings)
      })
    }

    test('keeps the last 500, and draws a burst of 600 without a long stop', async () => {
      await open(async (page) => {
        await page.evaluate(`longest = 0; new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
        }).observe({ type: 'longtask' })`)
        const url = mint({ command: '/burst' })
        for (let sent = 0; sent < 600; sent += 20) {
          await Promise.all(Array.from({ length: 20 }, () => post(url, '{}')))
        }
        await expect.poll(() => page.locator('.list li').count(), { timeout: 5000 }).toBe(500)
        await page.waitForFunction(`document.querySelectorAll('.list li .what').length === 500 &&
          [...document.querySelectorAll('.list li .what')].every((what) => what.textContent.startsWith('/burst'))`)
        for (let press = 0; press < 30; press++) await page.keyboard.press('ArrowDown')
        const longest = await page.evaluate('longest')
        expect(longest).toBeLessThan(300)
      })
    })
  },
)
