import { writeFileSync } from 'node:fs'
import { createMinter, type MintOptions } from '@hookurl/core'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { signRaw } from '../../conformance/generate/craft.ts'
import { makeHome, type RunningProgram, start, testKeys } from '../../packages/cli/test/support/run.ts'
import { explainAbsence } from '../../tools/setup/programs.js'
import { runAxe } from './axe.ts'
import { chromiumPath, openBrowser } from './open-browser.ts'

interface Display {
  readonly name: 'light' | 'dark' | 'phone'
  readonly colorScheme: 'light' | 'dark'
  readonly viewport: { readonly width: number; readonly height: number }
}

const desktop = { width: 980, height: 470 }
const phone = { width: 390, height: 400 }
const displays: readonly Display[] = [
  { name: 'light', colorScheme: 'light', viewport: desktop },
  { name: 'dark', colorScheme: 'dark', viewport: desktop },
  { name: 'phone', colorScheme: 'light', viewport: phone },
]
// HOOKURL_PICTURES=docs/images updates the pictures of the documentation.
const pictureFolder = process.env.HOOKURL_PICTURES
const pictures = ['detail-light', 'debugger-dark', 'list-phone']

const home = makeHome()
let program: RunningProgram
let browser: Browser
let page: Page
let receiver: string
let address: string
let browserErrors: string[] = []
/** An error that a test expects. */
let expectedError: RegExp | undefined

function mintUrl(options: Partial<MintOptions> = {}): string {
  const minter = createMinter({ keys: testKeys, baseUrl: `${receiver}/hooks`, expiresIn: '7d' })
  return minter.mintSync({ command: '/onWebhook', userId: 42, redirectTo: 'https://cataas.com/cat', ...options })
}

function post(url: string, body = '{}', headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
}

function addBrowserError(text: string): void {
  if (expectedError?.test(text) !== true) browserErrors.push(text)
}

const getRows = (name: RegExp): Locator => page.locator('.list').getByRole('button', { name })
const openTab = (name: string): Promise<void> => page.getByRole('navigation').getByRole('button', { name }).click()
const waitForBadge = (text: string): Promise<void> => page.locator('.debugger .badge').getByText(text).waitFor()
const waitForConnection = (): Promise<void> => page.getByText('Live', { exact: true }).waitFor()

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'the inspector page, in Chromium',
  () => {
    beforeAll(async () => {
      const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
      // The receiver listens on every address, the inspector still on loopback only.
      program = start(['listen', '--host', '0.0.0.0', '--port', '0', '--inspector-port', '0'], { env })
      const stderr = await program.waitForStderr(/other machines/)
      receiver = `http://127.0.0.1:${/0\.0\.0\.0:(\d+)/.exec(stderr)?.[1]}`
      address = (/http:\/\/127\.0\.0\.1:\d+\/#\S+/.exec(stderr) as RegExpExecArray)[0]
      browser = await openBrowser()
      const permissions = ['clipboard-read', 'clipboard-write']
      page = await browser.newPage({ viewport: desktop, permissions })
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) addBrowserError(message.text())
      })
      page.on('pageerror', (error) => addBrowserError(error.message))
      await page.goto(address)
      await waitForConnection()
    }, 60_000)

    afterAll(async () => {
      await browser?.close()
      program?.kill('SIGINT')
      await program?.ended
      home.remove()
    })

    // No test may cause an error in the browser, such as a violation of the content security policy.
    afterEach(() => {
      const errors = browserErrors
      browserErrors = []
      expect(errors).toEqual([])
    })

    describe('a request', () => {
      const content = '<img src=x onerror="document.title=1"> \u202etxt.exe'
      const body = '{"note":"<b>paid</b>","order_id":"A1"}'

      beforeAll(async () => {
        await post(mintUrl({ content }), body, { 'x-untrusted': '<script>1</script>' })
      })

      test('is shown within a second', async () => {
        await getRows(/\/onWebhook user 42/)
          .first()
          .waitFor({ timeout: 1000 })
      })

      test('shows claims separately from the payload', async () => {
        await getRows(/\/onWebhook user 42/)
          .first()
          .click()
        const claims = page.locator('.panel.trusted')
        const payload = page.locator('.panel.untrusted')
        await claims.getByText('<img src=x onerror="document.title=1"> \\u202etxt.exe').waitFor()
        expect(await claims.textContent()).not.toContain('paid')
        expect(await payload.textContent()).toContain('"note": "<b>paid</b>"')
        expect(await payload.textContent()).not.toContain('onerror')
      })

      test('is shown as text, never as HTML', async () => {
        await page.getByText('<script>1</script>').waitFor()
        expect(await page.locator('main img, main b:text("paid"), main script').count()).toBe(0)
        expect(await page.title()).toBe('hookurl inspector')
      })
    })

    describe('a number that JavaScript would write differently', () => {
      const json = '{"id":12345678901234567890,"price":[1.0,1e400,-0]}'
      const lines = ['"id": 12345678901234567890', '1.0,', '1e400,', '-0']
      const token = signRaw({ key: testKeys, claims: `{"cmd":"/numbers","cnt":${json}}` })

      beforeAll(async () => {
        await post(`${receiver}/hooks/${token}`, json)
        await getRows(/\/numbers/).click()
        await page.getByRole('heading', { name: 'Payload' }).waitFor()
      })
      afterAll(() => openTab('Requests'))

      test.each(['trusted', 'untrusted'])('is shown as received in the %s panel', async (panel) => {
        const text = await page.locator(`.panel.${panel}`).textContent()
        for (const line of lines) expect(text).toContain(line)
      })

      test('is shown as signed in the debugger', async () => {
        await page.getByRole('button', { name: 'Open in debugger' }).click()
        await waitForBadge('valid')
        const text = await page.locator('.debugger dl').textContent()
        for (const line of lines) expect(text).toContain(line)
      })
    })

    describe('the secret', () => {
      test('is removed from the URL of the page', () => {
        expect(page.url()).not.toContain('#')
      })

      test('survives a reload', async () => {
        await page.reload()
        await waitForConnection()
      })
    })

    describe('a selected request', () => {
      beforeAll(async () => {
        await post(mintUrl({ command: '/again' }), '{"a":"\\/it\'s"}', { 'x-delivery': 'd1' })
        await getRows(/\/again/)
          .first()
          .click()
      })

      test('is copied as a curl command', async () => {
        await page.getByRole('button', { name: 'Copy as curl' }).click()
        const curl = await page.evaluate(() => navigator.clipboard.readText())
        expect(curl).toMatch(/^curl -i --globoff --path-as-is -X POST http:\/\/127\.0\.0\.1:\d+\/hooks\/eyJ/)
        expect(curl).toContain("-H 'x-delivery: d1'")
        expect(curl).toContain(`--data-raw '{"a":"\\/it'\\''s"}'`)
      })

      test('is replayed with the same headers and body', async () => {
        await page.getByRole('button', { name: 'Replay' }).click()
        await page.getByText('Replayed: 200').waitFor()
        await getRows(/\/again/)
          .nth(1)
          .waitFor()
        await getRows(/\/again/)
          .first()
          .click()
        await page.locator('dd').getByText('d1', { exact: true }).waitFor()
        await page.getByLabel('Request body as text').getByText('{"a":"\\/it\'s"}', { exact: true }).waitFor()
      })
    })

    describe('the request list', () => {
      beforeAll(async () => {
        for (const command of ['/first', '/second', '/third']) await post(mintUrl({ command }))
        await post(`${mintUrl({ command: '/fourth' })}x`)
        await getRows(/malformed_token/).waitFor()
      })

      test('is filtered by words', async () => {
        await page.keyboard.press('/')
        await page.keyboard.type('handled -/third')
        await expect.poll(() => getRows(/third|malformed_token/).count()).toBe(0)
        expect(await getRows(/second/).count()).toBe(1)
      })

      test('is navigated by keyboard', async () => {
        await page.keyboard.press('Escape')
        await page.getByRole('searchbox').evaluate((input: HTMLElement) => input.blur())
        await page.keyboard.press('ArrowDown')
        await page.getByRole('heading', { name: 'Rejected' }).waitFor()
        await page.keyboard.press('j')
        await page.getByRole('heading', { name: /third/ }).waitFor()
        await page.keyboard.press('ArrowDown')
        await page.getByRole('heading', { name: /second/ }).waitFor()
        await page.keyboard.press('ArrowUp')
        await page.getByRole('heading', { name: /third/ }).waitFor()
      })

      test('shows why a request was rejected', async () => {
        await getRows(/malformed_token/).click()
        await page.getByRole('heading', { name: 'Rejected' }).waitFor()
      })
    })

    describe('without the secret', () => {
      beforeAll(async () => {
        expectedError = /401/
        await page.evaluate(() => sessionStorage.clear())
        await page.reload()
      })

      afterAll(async () => {
        await page.goto('about:blank')
        expectedError = undefined
        await page.goto(address)
        await waitForConnection()
      })

      test('the page says which URL to open', async () => {
        await page.getByText('Unauthorized. Open the URL printed by hookurl listen.').waitFor()
      })

      test('the page shows no requests', async () => {
        expect(await page.locator('.list li').count()).toBe(0)
      })
    })

    describe('the debugger', () => {
      const getInput = (): Locator => page.getByRole('textbox', { name: 'Hook URL or token' })

      beforeAll(() => openTab('Debugger'))

      test('reports a truncated URL', async () => {
        await getInput().fill(mintUrl().slice(0, -9))
        await page.getByText('its signature has 34 characters instead of 43').waitFor()
        await waitForBadge('malformed_token')
      })

      test('reports an expired URL', async () => {
        await getInput().fill(mintUrl({ expiresAt: new Date(1_700_000_000_000) }))
        await page.getByRole('heading', { name: 'Timeline expired' }).waitFor()
        await waitForBadge('expired')
      })

      test('reports an invalid signature', async () => {
        await getInput().fill(mintUrl().replace(/eyJjb/, 'eyJjc'))
        await waitForBadge('invalid_signature')
      })

      test('verifies the URL inside a wrapper, and shows who wrapped it', async () => {
        await getInput().fill(`https://l.facebook.com/l.php?u=${encodeURIComponent(mintUrl())}`)
        await page.getByText('Wrapped by Facebook').waitFor()
        await waitForBadge('valid')
      })

      test('verifies a valid URL, and shows how long it is', async () => {
        await getInput().fill(mintUrl({ content: 'x'.repeat(300) }))
        await waitForBadge('valid')
        await page.getByText('signed with key 1 of 1').waitFor()
        await page.getByRole('heading', { name: 'Timeline valid now' }).waitFor()
        await page.getByText('Over the 255-character limit of some services').waitFor()
      })
    })

    describe('the mint form', () => {
      beforeAll(() => openTab('Mint'))

      test('shows why a URL could not be minted', async () => {
        await page.getByRole('textbox', { name: 'Command' }).fill('/minted')
        await page.getByRole('textbox', { name: 'Max uses' }).fill('1.5')
        await page.keyboard.press('Enter')
        await page.getByRole('heading', { name: 'Could not mint' }).waitFor()
        await page.getByText(/maxUses must be .* from 1 to 1000/).waitFor()
      })

      test('rejects a number that does not round-trip through a double', async () => {
        await page.getByRole('textbox', { name: 'Max uses' }).fill('')
        await page.getByRole('textbox', { name: 'Content' }).fill('{"order":12345678901234567890}')
        await page.getByRole('checkbox', { name: 'Parse the content as JSON' }).check()
        await page.keyboard.press('Enter')
        await page.getByText('content.order cannot be represented exactly as a number').waitFor()
      })

      test('mints a URL with a QR code that the receiver accepts', async () => {
        await page.getByRole('textbox', { name: 'Content' }).fill('{"order":7}')
        await page.keyboard.press('Enter')
        await page.getByRole('img', { name: 'QR code of the URL' }).waitFor()
        const url = String(await page.locator('.mint .token').textContent())
        expect((await post(url.replace('localhost', '127.0.0.1'))).status).toBe(200)
        await openTab('Requests')
        await getRows(/\/minted/).click()
        await page.getByText('"order": 7').waitFor()
      })
    })

    const screens: readonly { name: string; open: () => Promise<void> }[] = [
      {
        name: 'list',
        open: async () => {
          await page.reload()
          await getRows(/approve/)
            .first()
            .waitFor()
        },
      },
      {
        name: 'detail',
        open: async () => {
          await getRows(/onPayment/)
            .first()
            .click()
          await page.getByRole('heading', { name: 'Payload' }).waitFor()
        },
      },
      {
        name: 'debugger',
        open: async () => {
          await page.getByRole('button', { name: 'Open in debugger' }).click()
          await page.getByText('signed with key 1 of 1').waitFor()
        },
      },
      {
        name: 'mint',
        open: async () => {
          await openTab('Mint')
          await page.getByRole('button', { name: 'Mint URL' }).click()
          await page.getByRole('img', { name: 'QR code of the URL' }).waitFor()
        },
      },
    ]

    describe.each(screens)('the $name screen', ({ name: screen, open }) => {
      beforeAll(async () => {
        await page.setViewportSize(desktop)
        if (screen === 'list') await sendSampleRequests()
        await open()
      })

      for (const { name, colorScheme, viewport } of displays) {
        test(`fits the width of the window (${name})`, async () => {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize(viewport)
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width)
          if (pictureFolder === undefined || !pictures.includes(`${screen}-${name}`)) return
          writeFileSync(`${pictureFolder}/inspector-${screen}-${name}.png`, await page.screenshot())
        })

        test(`passes axe, including color contrast (${name})`, async () => {
          const { violations, passes } = await runAxe(page)
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
          expect(passes.map(({ id }) => id)).toContain('color-contrast')
        })
      }
    })

    async function sendSampleRequests(): Promise<void> {
      for (const command of ['/onPayment', '/onTranscript', '/approve']) {
        await post(mintUrl({ command, content: { order: 'A-1093' } }), '{"status":"paid"}')
      }
      await post(`${mintUrl()}x`)
    }

    describe('a burst of more than 500 requests', () => {
      beforeAll(async () => {
        await openTab('Requests')
        await page.emulateMedia({ colorScheme: 'light' })
        await page.setViewportSize(desktop)
        await page.evaluate(`longestTask = 0; new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration)
        }).observe({ type: 'longtask' })`)
        const url = mintUrl({ command: '/burst' })
        for (let sent = 0; sent < 520; sent += 20) await Promise.all(Array.from({ length: 20 }, () => post(url)))
      })

      test('leaves the last 500 in the list', async () => {
        await page.waitForFunction(
          `document.querySelectorAll('.list li .command').length === 500 &&
          [...document.querySelectorAll('.list li .command')].every((command) => command.textContent.startsWith('/burst'))`,
          undefined,
          { timeout: 5000 },
        )
      })

      test('never blocks the page for 300 ms', async () => {
        for (let press = 0; press < 10; press++) await page.keyboard.press('ArrowDown')
        expect(await page.evaluate('longestTask')).toBeLessThan(300)
      })
    })

    describe('after hookurl listen has stopped', () => {
      beforeAll(async () => {
        expectedError = /ERR_/
        program.kill('SIGINT')
        expect((await program.ended).exit).toBe(130)
      })

      test('the page says that it is disconnected', async () => {
        await page.getByText('Disconnected. Reconnecting…').waitFor()
      })
    })
  },
)
