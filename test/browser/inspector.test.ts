import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import type { MintOptions } from '@hookurl/core'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { signRaw } from '../../conformance/generate/craft.ts'
import { testKeys } from '../../packages/cli/test/support/run.ts'
import { explainAbsence } from '../../tools/setup/programs.js'
import { runAxe } from './axe.ts'
import { getRows, type InspectorPage, openInspectorPage, openTab, post, waitForConnection } from './inspector-page.ts'
import { chromiumPath } from './open-browser.ts'
import { createSampleHooks, sendAll } from './sample-hooks.ts'

interface Display {
  readonly name: string
  readonly colorScheme: 'light' | 'dark'
  readonly viewport: { readonly width: number; readonly height: number }
}

const desktop = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }
const displays: readonly Display[] = [
  { name: 'light', colorScheme: 'light', viewport: desktop },
  { name: 'dark', colorScheme: 'dark', viewport: desktop },
  { name: 'phone', colorScheme: 'light', viewport: phone },
  { name: 'dark phone', colorScheme: 'dark', viewport: phone },
]
// HOOKURL_PICTURES=docs/images updates the pictures of the documentation.
const pictureFolder = process.env.HOOKURL_PICTURES
const pictures: Readonly<Record<string, { readonly width: number; readonly height: number }>> = {
  'detail-light': { width: 1440, height: 860 },
  'debugger-dark': { width: 980, height: 700 },
  'list-phone': { width: 390, height: 560 },
}

let inspector: InspectorPage
let page: Page
let receiver: string
let address: string
/** An error that a test expects. */
let expectedError: RegExp | undefined

const mintUrl = (options: Partial<MintOptions> = {}): string => inspector.mintUrl(options)
const waitForBadge = (text: string): Promise<void> => page.locator('.debugger .badge').getByText(text).waitFor()
const getTree = (name = 'Request body as a tree'): Locator => page.getByRole('tree', { name })

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'the inspector page, in Chromium',
  () => {
    beforeAll(async () => {
      const permissions = ['clipboard-read', 'clipboard-write']
      // The receiver listens on every address, the inspector still on loopback only.
      inspector = await openInspectorPage({ args: ['--host', '0.0.0.0'], context: { viewport: desktop, permissions } })
      ;({ page, receiver, address } = inspector)
    }, 60_000)

    afterAll(() => inspector?.close())

    // No test may cause an error in the browser, such as a violation of the content security policy.
    afterEach(() => {
      expect(inspector.takeErrors().filter((text) => expectedError?.test(text) !== true)).toEqual([])
    })

    describe('before the first request', () => {
      test('shows a URL as text, as a QR code and as a command', async () => {
        await page.getByRole('heading', { name: 'Waiting for the first hook' }).waitFor()
        await page.getByRole('img', { name: 'QR code of the URL' }).waitFor()
        const url = String(await page.locator('.sample .token').textContent())
        expect(await page.locator('.sample pre').textContent()).toContain(`curl -X POST '${url}'`)
        expect((await post(url.replace('localhost', '127.0.0.1').replace('/hooks/', '/none/'))).status).toBe(200)
      })

      test('sends a test hook, which is shown', async () => {
        await page
          .getByRole('link', { name: /\/onWebhook/ })
          .first()
          .waitFor()
        await getTree().waitFor()
        await getTree('Response body as a tree').waitFor()
        await inspectorApi('clear')
        await page.getByRole('button', { name: 'Send a test hook' }).click()
        await getRows(page, /^POST \/onWebhook ?, user 42 · test ?, status 200/).waitFor()
        await page.getByRole('treeitem', { name: '"hello": "world"' }).waitFor()
      })

      async function inspectorApi(name: string): Promise<void> {
        const { origin, hash } = new URL(address)
        const headers = { 'hookurl-inspector': hash.slice(1) }
        await fetch(`${origin}/api/${name}`, { method: 'POST', headers, body: '{}' })
      }
    })

    describe('a request', () => {
      const content = '<img src=x onerror="document.title=1"> \u202etxt.exe'
      const body = '{"note":"<b>paid</b>","order_id":"A1"}'

      beforeAll(async () => {
        await post(mintUrl({ command: '/shown', content }), body, { 'x-untrusted': '<script>1</script>' })
      })

      test('is shown within a second, with what it is about', async () => {
        await getRows(page, /\/shown ?, user 42 · note: <b>paid<\/b> · order_id: A1/).waitFor({ timeout: 1000 })
      })

      test('shows claims separately from the payload', async () => {
        await getRows(page, /\/shown/).click()
        const claims = page.locator('.panel.trusted')
        const payload = page.locator('.panel.untrusted')
        await claims.getByText('<img src=x onerror="document.title=1"> \\u202etxt.exe').waitFor()
        await getTree().getByText('"<b>paid</b>"').waitFor()
        expect(await claims.textContent()).not.toContain('paid')
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
      const numbers = ['12345678901234567890', '1.0', '1e400', '-0']
      const token = signRaw({ key: testKeys, claims: `{"cmd":"/numbers","cnt":${json}}` })

      beforeAll(async () => {
        await post(`${receiver}/hooks/${token}`, json)
        await getRows(page, /\/numbers/).click()
        await getTree().waitFor()
      })

      test.each(['trusted', 'untrusted'])('is shown as received in the %s panel', async (panel) => {
        const getText = () => page.locator(`.panel.${panel}`).textContent()
        for (const number of numbers) await expect.poll(getText).toContain(number)
      })

      test('is shown as signed in the debugger', async () => {
        await page.getByRole('button', { name: 'Open in debugger' }).click()
        await waitForBadge('valid')
        const text = await page.getByRole('table').textContent()
        for (const number of numbers) expect(text).toContain(number)
        await openTab(page, 'Requests')
      })
    })

    describe('a place in the page', () => {
      let id: string

      beforeAll(async () => {
        await post(mintUrl({ command: '/linked' }), '{"type":"linked"}')
        await getRows(page, /\/linked/).click()
        id = /#\/requests\/(\d+)$/.exec(page.url())?.[1] ?? ''
      })

      test('has an address without the secret', () => {
        expect(id).toMatch(/^\d+$/)
        expect(page.url()).not.toContain(new URL(address).hash.slice(1))
      })

      test('survives a reload', async () => {
        await page.reload()
        await page.getByRole('heading', { name: 'POST /linked' }).waitFor()
      })

      test('is left and found again with Back and Forward', async () => {
        await openTab(page, 'Debugger')
        expect(page.url()).toMatch(/#\/debugger$/)
        await page.goBack()
        await page.getByRole('heading', { name: 'POST /linked' }).waitFor()
        await page.goForward()
        await page.getByRole('heading', { name: 'Debugger', exact: true }).waitFor()
        await page.goBack()
      })

      test('can be opened by its address', async () => {
        await openTab(page, 'Mint')
        await page.evaluate((hash) => location.assign(hash), `#/requests/${id}`)
        await page.getByRole('heading', { name: 'POST /linked' }).waitFor()
      })

      test('that no longer exists is shown as such', async () => {
        expectedError = /404/
        await page.evaluate(() => location.assign('#/requests/99999'))
        await page.getByText('Request #99999 is no longer available.').waitFor()
        await page.goBack()
      })
    })

    describe('the filter', () => {
      beforeAll(() => {
        expectedError = undefined
      })

      const getShown = (): Promise<(string | null)[]> =>
        page.locator('.list .row .command').evaluateAll((rows) => rows.map((row) => row.textContent))
      const fill = (text: string): Promise<void> => page.getByRole('searchbox', { name: 'Filter' }).fill(text)

      beforeAll(async () => {
        const url = (command: string): string => mintUrl({ command })
        await post(url('/inBody'), '{"deep":{"customer":"cus_9s6XKzkNRiz8i3"}}')
        await post(url('/inHeader'), '{}', { 'x-trace': 'trace-4711' })
        await post(url('/inForm'), 'a=b%20c', { 'content-type': 'application/x-www-form-urlencoded' })
        await post(`${url('/bad')}x`)
        await page.evaluate(() => location.assign('#/requests'))
        await getRows(page, /malformed_token/).waitFor()
      })
      afterAll(() => fill(''))

      test.each([
        ['cus_9s6xkz', ['/inBody']],
        ['trace-4711', ['/inHeader']],
        ['header:x-trace', ['/inHeader']],
        ['body:trace-4711', []],
        ['"b c" type:form', ['/inForm']],
        ['status:4xx code:malformed', ['/hooks/[hook']],
        ['command:/in -command:/inform', ['/inHeader', '/inBody']],
      ])('%s finds %j', async (filter, expected) => {
        await fill(filter)
        await expect.poll(getShown).toEqual(expected.map((text) => expect.stringContaining(text)))
      })

      test('says that there are no matches, and Esc clears it', async () => {
        await fill('nowhere-to-be-found')
        await page.getByText('No matches. Esc clears the filter.').waitFor()
        await page.keyboard.press('Escape')
        await getRows(page, /\/inBody/).waitFor()
        expect(await page.getByRole('searchbox').inputValue()).toBe('')
      })

      test('has chips with counts', async () => {
        await fill('command:/in')
        await page.getByRole('button', { name: 'All 3', exact: true }).waitFor()
        await page.getByRole('button', { name: 'Rejected 0', exact: true }).waitFor()
        await fill('malformed_token')
        await page.getByRole('button', { name: /^Rejected [1-9]/ }).click()
        await getRows(page, /malformed_token/).waitFor()
        await page.getByRole('button', { name: 'All' }).click()
      })
    })

    describe('retries', () => {
      test('are one row with their number, and attempts of one request', async () => {
        const url = mintUrl({ command: '/retried' })
        for (let count = 0; count < 3; count++) await post(url, `{"attempt":${count}}`, { 'webhook-id': 'msg_1' })
        const row = getRows(page, /\/retried ?×3 attempts/)
        await row.click()
        expect(await getRows(page, /\/retried/).count()).toBe(1)
        await getTree().getByText('2', { exact: true }).waitFor()
        await page.getByRole('navigation', { name: 'Attempts' }).getByRole('link').first().click()
        await getTree().getByText('0', { exact: true }).waitFor()
        expect(await row.getAttribute('aria-current')).toBe('true')
      })
    })

    describe('a selected request', () => {
      beforeAll(async () => {
        await post(mintUrl({ command: '/again' }), '{"a":"\\/it\'s"}', { 'x-delivery': 'd1' })
        await getRows(page, /\/again/).click()
      })

      test('is copied as a curl command that sends it again', async () => {
        await page.getByRole('button', { name: 'Copy as curl' }).click()
        await page.getByRole('status').getByText('Copied', { exact: true }).waitFor()
        const curl = await page.evaluate(() => navigator.clipboard.readText())
        expect(curl).toContain(`--data-raw '{"a":"\\/it'\\''s"}'`)
        await promisify(execFile)('bash', ['-c', curl])
        await getRows(page, /\/again ?×2 attempts/).waitFor()
      })

      test('is replayed with the same headers and body, and the new request is selected', async () => {
        await page.getByRole('button', { name: 'Replay' }).click()
        await page.getByText(/resent from #\d+/).waitFor()
        await page.locator('dd').getByText('d1', { exact: true }).waitFor()
        await getTree().waitFor()
        await page.getByRole('button', { name: 'Text' }).first().click()
        await page.getByLabel('Request body as text').getByText('{"a":"\\/it\'s"}', { exact: true }).waitFor()
      })
    })

    describe('a body over 100 kB', () => {
      const folder = mkdtempSync(join(tmpdir(), 'hookurl-curl-'))
      const body = JSON.stringify({ type: 'large', text: 'x'.repeat(150_000) })
      afterAll(() => rmSync(folder, { recursive: true }))

      test('is copied as a curl command that reads it from a file, which is saved', async () => {
        await post(mintUrl({ command: '/large' }), body)
        await getRows(page, /\/large/).click()
        await getTree().waitFor()
        const download = page.waitForEvent('download')
        await page.getByRole('button', { name: 'Copy as curl' }).click()
        const file = await download
        await file.saveAs(join(folder, file.suggestedFilename()))
        expect(readFileSync(join(folder, file.suggestedFilename()), 'utf8')).toBe(body)
        const curl = await page.evaluate(() => navigator.clipboard.readText())
        await promisify(execFile)('bash', ['-c', curl], { cwd: folder })
        // The same URL and the same bytes are the same delivery.
        await getRows(page, /\/large ?×2 attempts ?, user 42 · large/).waitFor()
      })

      test('is shown in parts as text', async () => {
        await page.getByRole('button', { name: 'Text' }).first().click()
        const text = page.getByLabel('Request body as text')
        expect((await text.textContent())?.length).toBeLessThan(40_000)
        await page.getByRole('button', { name: 'Show more' }).click()
        await expect.poll(async () => (await text.textContent())?.length).toBe(body.length)
      })
    })

    describe('edit, resend and compare', () => {
      test('an edited request is sent, selected, and compared with the original', async () => {
        await post(mintUrl({ command: '/edited' }), '{"status":"paid","amount":5}', { 'x-keep': '1' })
        await getRows(page, /\/edited/).click()
        await getTree().waitFor()
        await page.keyboard.press('e')
        await page.getByRole('textbox', { name: 'Headers' }).fill('content-type: application/json\nx-added: 2')
        const editor = page.getByRole('textbox', { name: 'Body' })
        await page.locator('.editor').waitFor()
        await editor.focus()
        await page.keyboard.press('Control+A')
        await page.keyboard.insertText('{"status":"unpaid","amount":5}')
        await page.getByText('Valid JSON.').waitFor()
        await page.getByRole('button', { name: 'Send', exact: true }).click()
        await getTree().getByText('"unpaid"').waitFor()
        await page.getByRole('link', { name: /Compare with #/ }).click()
        const body = page.getByLabel('Differences in the request body')
        await body.waitFor()
        expect(await body.locator('del').allTextContents()).toEqual(['-   "status": "paid",\n'])
        expect(await body.locator('ins').allTextContents()).toEqual(['+   "status": "unpaid",\n'])
        const headers = page.getByLabel('Differences in the request', { exact: true })
        expect((await headers.locator('del').allTextContents()).join('')).toContain('x-keep: 1')
        expect((await headers.locator('ins').allTextContents()).join('')).toContain('x-added: 2')
        await page.goBack()
        await getTree().getByText('"unpaid"').waitFor()
      })

      test('a malformed header line is reported, and nothing is sent', async () => {
        await page.getByRole('button', { name: 'Edit and resend' }).click()
        await page.getByRole('textbox', { name: 'Headers' }).fill('not a header')
        await page.getByRole('button', { name: 'Send', exact: true }).click()
        await page.getByRole('alert').getByText('Header line 1').waitFor()
        await page.getByRole('button', { name: 'Cancel' }).click()
      })
    })

    describe('the keyboard', () => {
      beforeAll(async () => {
        for (const command of ['/first', '/second', '/third']) await post(mintUrl({ command }), '{"a":{"b":1}}')
        await getRows(page, /\/third/).waitFor()
      })

      test('goes from the filter to a replay', async () => {
        await page.locator('body').press('/')
        await page.keyboard.type('command:/second')
        await expect.poll(() => page.locator('.list .row').count()).toBe(1)
        await page.keyboard.press('ArrowDown')
        await page.getByRole('heading', { name: 'POST /second' }).waitFor()
        await expect.poll(getFocusedName).toContain('/second')
        await getTree().waitFor()
        await page.keyboard.press('r')
        await getRows(page, /\/second ?×2 attempts/).waitFor()
      })

      test('moves the focus through the list', async () => {
        await page.locator('body').press('/')
        await page.keyboard.press('Escape')
        await page.keyboard.type('/')
        await page.getByRole('searchbox').fill('command:/first')
        await expect.poll(() => page.locator('.list .row').count()).toBe(1)
        await page.keyboard.press('ArrowDown')
        await expect.poll(getFocusedName).toContain('/first')
        await page.locator('body').press('/')
        await page.keyboard.press('Escape')
        await page.keyboard.press('ArrowDown')
        await page.keyboard.press('k')
        await expect.poll(getFocusedName).toContain('/third')
        await page.keyboard.press('j')
        await expect.poll(getFocusedName).toContain('/first')
      })

      test('folds and walks the tree', async () => {
        await getTree().getByRole('treeitem').first().focus()
        await page.keyboard.press('ArrowDown')
        const item = page.getByRole('treeitem', { name: /^▾ "a"/ })
        await expect.poll(() => item.getAttribute('aria-expanded')).toBe('true')
        await page.keyboard.press('ArrowLeft')
        await page.getByRole('treeitem', { name: /^▸ "a"/ }).waitFor()
        await page.keyboard.press('ArrowRight')
        await page.keyboard.press('ArrowRight')
        await expect.poll(() => page.locator('.json-bar code').first().textContent()).toBe('.a.b')
      })

      test('copies a path and a value of the tree', async () => {
        await page.getByRole('button', { name: 'Copy path' }).first().click()
        expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('.a.b')
        await page.getByRole('button', { name: 'Copy value' }).first().click()
        expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('1')
      })

      const getFocusedName = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '')
    })

    describe('for a screen reader', () => {
      test('the list is a list of links with positions, of which one is current', async () => {
        const list = page.getByRole('list', { name: 'Requests, newest first' })
        const snapshot = await list.ariaSnapshot()
        expect(snapshot).toMatch(
          /link "POST \/second ?×2 attempts ?, user 42 · a\.b: 1 ?, status 200 ?, \d\d:\d\d:\d\d ?, [\d.]+ ms"/,
        )
        const items = list.getByRole('listitem')
        expect(await items.first().getAttribute('aria-posinset')).toBe('1')
        expect(Number(await items.first().getAttribute('aria-setsize'))).toBeGreaterThan(10)
        expect(await list.locator('[aria-current="true"]').count()).toBe(1)
        // Tab stops at one row, not at all of them.
        expect(await list.locator('[tabindex="0"]').count()).toBe(1)
      })
    })

    describe('all kinds of bodies', () => {
      const open = async (name: RegExp): Promise<void> => {
        await getRows(page, name).first().scrollIntoViewIfNeeded()
        await getRows(page, name).first().click()
      }
      const filter = (text: string): Promise<void> => page.getByRole('searchbox').fill(text)

      beforeAll(async () => {
        await sendAll(createSampleHooks({ keys: testKeys, receiver }))
      }, 60_000)
      afterAll(() => filter(''))

      test('a form is a table, and its files are cards with pictures', async () => {
        await filter('command:/onUpload')
        await open(/\/onUpload/)
        await page.getByRole('row', { name: 'title Holiday in the Alps' }).waitFor()
        await page.getByRole('img', { name: 'Picture alps.png' }).waitFor()
        await page.getByText('notes · text/csv · 10 bytes').waitFor()
      })

      test('an SVG is not rendered, and its script does not run', async () => {
        await page.getByText('drawing.svg').waitFor()
        expect(await page.getByRole('img', { name: 'Picture drawing.svg' }).count()).toBe(0)
        expect(await page.title()).toBe('hookurl inspector')
      })

      test('a picture is drawn', async () => {
        await filter('command:/onScan type:image')
        await open(/\/onScan/)
        await page.getByRole('img', { name: 'The body as a picture' }).waitFor()
      })

      test('bytes are a hex dump', async () => {
        await filter('command:/onScan type:binary')
        await open(/\/onScan/)
        await page.getByLabel('Request body as hex').getByText('000000  00 1f 3e').waitFor()
      })

      test('carriage returns are marked', async () => {
        await filter('command:/onFeed')
        await open(/\/onFeed/)
        await expect.poll(() => page.locator('.cr').count()).toBe(4)
      })

      test('a compressed body is shown as its payload', async () => {
        await filter('command:/onGzip')
        await open(/\/onGzip/)
        await getTree().getByText('"compressed"').waitFor()
      })

      test('a long array is shown in pages', async () => {
        await filter('command:/onBatch')
        await open(/\/onBatch/)
        await page.getByText('Show 150 more of 150').click()
        await expect.poll(() => getTree().getByRole('treeitem', { level: 2 }).count()).toBe(250)
      })

      test('HTML is text', async () => {
        await filter('command:/onText type:html')
        await open(/\/onText/)
        await page.getByLabel('Request body as text').getByText('<h1>Hello</h1>').waitFor()
        expect(await page.title()).toBe('hookurl inspector')
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
        await waitForConnection(page)
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

      beforeAll(() => openTab(page, 'Debugger'))

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

      test('shows every claim with its meaning', async () => {
        await getInput().fill(mintUrl({ maxUses: 3 }))
        const table = page.getByRole('table')
        await table.getByRole('row', { name: 'command cmd /onWebhook The command that the receiver runs.' }).waitFor()
        await table.getByRole('row', { name: 'max uses use 3 How many times the URL can be used.' }).waitFor()
      })

      test("shows another issuer's JWT as such, without the words of hook URLs", async () => {
        const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
        const claims = { iss: 'https://issuer.example', sub: 'a', cmd: '/x', exp: 4_000_000_000 }
        await getInput().fill(`${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2ln`)
        await page.getByText('A JWT from https://issuer.example, with the algorithm RS256.').waitFor()
        await page.getByRole('row', { name: 'iss https://issuer.example Issuer: who issued the token.' }).waitFor()
        expect(await page.getByRole('row', { name: /^cmd/ }).textContent()).toBe('cmd /x')
        expect(await page.getByRole('button', { name: 'Mint a copy with changes' }).count()).toBe(0)
      })

      test('fills in the mint form with the claims of a URL', async () => {
        await getInput().fill(mintUrl({ command: '/copied', content: { a: 1 } }))
        await page.getByRole('button', { name: 'Mint a copy with changes' }).click()
        await page.getByRole('heading', { name: 'Mint a copy' }).waitFor()
        expect(await page.getByRole('textbox', { name: 'Command' }).inputValue()).toBe('/copied')
        expect(await page.getByRole('textbox', { name: 'User ID' }).inputValue()).toBe('42')
        expect(await page.getByRole('textbox', { name: 'Content' }).inputValue()).toBe('{"a":1}')
        await page.goBack()
        await page.getByRole('heading', { name: 'Debugger', exact: true }).waitFor()
      })

      test('verifies the URL inside a wrapper, and shows who wrapped it', async () => {
        await getInput().fill(`https://l.facebook.com/l.php?u=${encodeURIComponent(mintUrl())}`)
        await page.getByRole('heading', { name: /Wrapped by Facebook/ }).waitFor()
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
      beforeAll(() => openTab(page, 'Mint'))

      test('shows why a URL could not be minted', async () => {
        await page.getByRole('textbox', { name: 'Command' }).fill('/minted')
        await page.getByRole('textbox', { name: 'Redirect to' }).fill('')
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
        await openTab(page, 'Requests')
        await getRows(page, /\/minted/).click()
        await page.locator('.panel.trusted').getByText('"order": 7').waitFor()
      })

      test('sends a test hook, and links to it', async () => {
        await openTab(page, 'Mint')
        await page.getByRole('button', { name: 'Send test hook' }).click()
        await page.getByRole('link', { name: 'Show the request' }).click()
        await page.getByRole('heading', { name: /POST \/minted/ }).waitFor()
        await page.getByRole('treeitem', { name: '"type": "test"' }).waitFor()
      })
    })

    const screens: readonly { name: string; open: () => Promise<void> }[] = [
      {
        name: 'list',
        open: async () => {
          await page.evaluate(() => location.assign('#/requests'))
          await page.reload()
          await getRows(page, /onPayment/)
            .first()
            .waitFor()
        },
      },
      {
        name: 'detail',
        open: async () => {
          await getRows(page, /×3 attempts.*invoice\.paid/).click()
          await getTree().waitFor()
        },
      },
      {
        name: 'editor',
        open: async () => {
          await page.getByRole('button', { name: 'Edit and resend' }).click()
          await page.getByRole('textbox', { name: 'Body' }).waitFor()
        },
      },
      {
        name: 'comparison',
        open: async () => {
          await page.getByRole('link', { name: /Compare with #/ }).click()
          await page.getByText('no difference').first().waitFor()
          await page.goBack()
          await getTree().waitFor()
          await page.goForward()
        },
      },
      {
        name: 'debugger',
        open: async () => {
          await page.goBack()
          await page.getByRole('button', { name: 'Open in debugger' }).click()
          await page.getByText('signed with key 1 of 1').waitFor()
        },
      },
      {
        name: 'mint',
        open: async () => {
          await openTab(page, 'Mint')
          await page.getByRole('button', { name: 'Mint URL' }).click()
          await page.getByRole('img', { name: 'QR code of the URL' }).waitFor()
        },
      },
    ]

    describe.each(screens)('the $name screen', ({ name: screen, open }) => {
      beforeAll(async () => {
        await page.setViewportSize(desktop)
        if (screen === 'list') await sendAll(createSampleHooks({ keys: testKeys, receiver }))
        await open()
      }, 60_000)

      for (const { name, colorScheme, viewport } of displays) {
        test(`fits the width of the window (${name})`, async () => {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize(viewport)
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width)
          const pictureSize = pictures[`${screen}-${name}`]
          if (pictureFolder === undefined || pictureSize === undefined) return
          await page.setViewportSize(pictureSize)
          writeFileSync(`${pictureFolder}/inspector-${screen}-${name}.png`, await page.screenshot())
          await page.setViewportSize(viewport)
        })

        test(`passes axe, including color contrast (${name})`, async () => {
          const { violations, passes } = await runAxe(page)
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
          expect(passes.map(({ id }) => id)).toContain('color-contrast')
        })
      }
    })

    describe('all requests', () => {
      beforeAll(async () => {
        await page.setViewportSize(desktop)
        await openTab(page, 'Requests')
        await page.getByRole('searchbox').fill('command:/onPayment')
        await page.getByRole('button', { name: /^Rejected/ }).waitFor()
      })

      test.each([
        ['HAR', 'har'],
        ['NDJSON', 'ndjson'],
      ])('that are shown are saved as %s', async (label, extension) => {
        const count = Number((await page.locator('.chip b').first().textContent())?.replaceAll(',', ''))
        await page.locator('.menu summary').click()
        const download = page.waitForEvent('download')
        await page.getByRole('button', { name: `as ${label}`, exact: false }).click()
        const file = await download
        expect(file.suggestedFilename()).toBe(`hookurl-requests.${extension}`)
        const content = await text(await file.createReadStream())
        const saved = label === 'HAR' ? JSON.parse(content).log.entries.length : content.trimEnd().split('\n').length
        expect(saved).toBe(count)
      })

      test('wait while the page is paused', async () => {
        await page.getByRole('searchbox').fill('command:/paused')
        await page.getByRole('button', { name: 'Pause' }).click()
        await post(mintUrl({ command: '/paused' }))
        await page.getByRole('button', { name: 'Resume (1 new)' }).waitFor()
        expect(await getRows(page, /\/paused/).count()).toBe(0)
        await page.getByRole('button', { name: 'Resume (1 new)' }).click()
        await getRows(page, /\/paused/).waitFor()
      })

      test('are cleared when the button is pressed twice', async () => {
        await page.getByRole('button', { name: 'Clear', exact: true }).click()
        await page.getByRole('button', { name: 'Clear all?' }).click()
        await page.getByRole('heading', { name: 'Waiting for the first hook' }).waitFor()
      })
    })

    test('the newest request is selected at first', async () => {
      await page.evaluate(() => location.assign('#/requests'))
      for (const command of ['/older', '/newest']) await post(mintUrl({ command }))
      await page.reload()
      await page.getByRole('heading', { name: 'POST /newest' }).waitFor()
      expect(page.url()).toMatch(/#\/requests$/)
    })

    describe('a burst of more than 500 requests', () => {
      beforeAll(async () => {
        await page.evaluate(() => location.assign('#/requests'))
        const url = mintUrl({ command: '/burst' })
        for (let sent = 0; sent < 520; sent += 20) {
          await Promise.all(Array.from({ length: 20 }, (_, index) => post(url, `{"n":${sent + index}}`)))
        }
      }, 60_000)

      test('leaves the last 500 in the list, of which only those in view are rendered', async () => {
        await page.getByRole('button', { name: 'All 500', exact: true }).waitFor()
        const row = page.locator('.list li').first()
        await expect.poll(() => row.getAttribute('aria-setsize')).toBe('500')
        expect(await page.locator('.list .row').count()).toBeLessThan(40)
      })

      test('can be scrolled to the end', async () => {
        await page.locator('.virtual').evaluate((list) => list.scrollTo(0, list.scrollHeight))
        await page.locator('.list li[aria-posinset="500"]').waitFor()
      })
    })

    describe('after hookurl listen has stopped', () => {
      beforeAll(async () => {
        expectedError = /ERR_/
        inspector.program.kill('SIGINT')
        expect((await inspector.program.ended).exit).toBe(130)
      })

      test('the page says that it is disconnected', async () => {
        await page.getByText('Disconnected. Reconnecting…').waitFor()
      })
    })
  },
)
