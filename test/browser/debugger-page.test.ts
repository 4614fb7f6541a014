import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createMinter, generateKey, type MintOptions } from '@hookurl/core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { explainAbsence } from '../../tools/setup/programs.js'
import { buildDebuggerPage } from '../../tools/site/debugger-page.ts'
import { runAxe } from './axe.ts'
import { chromiumPath, openBrowser } from './open-browser.ts'

const keys = generateKey()
const viewports = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]

let browser: Browser
let context: BrowserContext
let page: Page
let server: Server
let address: string
let folder: string
let file: string
let served = 0
/** The requests of the browser, other than the first one for the page. */
let requests: string[]
let errors: string[]

function mint(options: Partial<MintOptions> = {}): string {
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '7d' })
  return minter.mintSync({ command: '/approve', userId: 42, ...options })
}

function encodeToken(header: string, claims: string): string {
  return [header, claims]
    .map((json) => Buffer.from(json).toString('base64url'))
    .join('.')
    .concat('.', 'A'.repeat(43))
}

const getInput = (): Locator => page.getByRole('textbox', { name: 'Hook URL or token' })
const getHeading = (name: string | RegExp): Locator => page.getByRole('heading', { name })

/** Opens the page, and then cuts its network. */
async function open(url: string): Promise<void> {
  await context.setOffline(false)
  await page.goto('about:blank')
  await page.goto(url)
  requests = []
  await context.setOffline(true)
}

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'the debugger page, in Chromium without a network',
  () => {
    beforeAll(async () => {
      const html = buildDebuggerPage()
      folder = mkdtempSync(join(tmpdir(), 'hookurl-debugger-'))
      writeFileSync(join(folder, 'debugger.html'), html)
      file = pathToFileURL(join(folder, 'debugger.html')).href
      server = createServer((_, response) => {
        served += 1
        response.setHeader('content-type', 'text/html').end(html)
      })
      await once(server.listen(0), 'listening')
      address = `http://localhost:${(server.address() as AddressInfo).port}/debugger.html`
      browser = await openBrowser()
      context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
      page = await context.newPage()
      page.on('request', (request) => requests.push(request.url()))
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) errors.push(message.text())
      })
    }, 60_000)

    beforeEach(async () => {
      errors = []
      requests = []
      await open(address)
    })

    afterEach(() => expect(errors).toEqual([]))

    afterAll(async () => {
      await browser?.close()
      server?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    test('shows each claim of a URL with its meaning', async () => {
      await getInput().fill(mint({ maxUses: 3, content: { invoice: 7 } }))
      const table = page.getByRole('table')
      await table.getByRole('row', { name: 'command cmd /approve The command that the receiver runs.' }).waitFor()
      await table.getByRole('row', { name: 'user sub 42' }).waitFor()
      await table.getByRole('row', { name: /content cnt \{ "invoice": 7 \}/ }).waitFor()
      await table.getByRole('row', { name: /expires exp \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, in 7 days/ }).waitFor()
      await getHeading('No problems').waitFor()
      await getHeading('Signature not verified').waitFor()
    })

    test('loads one file, and sends nothing when a URL is pasted', async () => {
      const before = served
      await open(address)
      await getInput().fill(mint())
      await page.getByRole('table').waitFor()
      expect(requests).toEqual([])
      expect(served - before).toBe(1)
    })

    test('works when it is opened from a file', async () => {
      await open(file)
      await getInput().fill(mint())
      await page.getByRole('row', { name: 'command cmd /approve' }).waitFor()
      await page.getByRole('button', { name: 'Dark theme' }).click()
      expect(requests).toEqual([])
    })

    test('its policy forbids connections, forms and other scripts', async () => {
      const policy = await page.locator('meta[http-equiv="content-security-policy"]').getAttribute('content')
      expect(policy?.split('; ').map((directive) => directive.replace(/'sha256-[\w+/]{43}='/, 'HASH'))).toEqual([
        "default-src 'none'",
        'script-src HASH',
        'style-src HASH',
        'img-src data:',
        "connect-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
      ])
    })

    test('Chromium enforces the policy: what the page itself tries to send stays in the browser', async () => {
      await context.setOffline(false)
      const isReported = page.waitForEvent('console', (message) => message.text().includes("form-action 'none'"))
      const before = served
      const blocked = await page.evaluate(async () => {
        const found: string[] = []
        addEventListener('securitypolicyviolation', ({ effectiveDirective }) => found.push(effectiveDirective))
        await fetch('/stolen').catch(() => {})
        const image = document.createElement('img')
        image.src = '/stolen.png'
        document.body.append(image)
        const form = document.createElement('form')
        form.action = '/stolen'
        document.body.append(form)
        form.requestSubmit()
        const script = document.createElement('script')
        try {
          script.textContent = 'globalThis.isRun = true'
        } catch {}
        script.append('globalThis.isRun = true')
        document.body.append(script)
        while (new Set(found).size < 4) await new Promise((resolve) => setTimeout(resolve, 20))
        return [...new Set(found)].sort()
      })
      expect(blocked).toEqual(['connect-src', 'form-action', 'img-src', 'require-trusted-types-for'])
      expect(await page.evaluate('globalThis.isRun')).toBeUndefined()
      expect(served).toBe(before)
      await isReported
      errors = []
    })

    test('keeps a pasted URL out of storage, history, cookies, links and attributes', async () => {
      const url = mint()
      const token = url.split('/').at(-1) as string
      const before = await page.evaluate('history.length')
      await getInput().fill(url)
      await page.getByRole('table').waitFor()
      const kept = await page.evaluate(() => [
        location.href,
        document.title,
        document.cookie,
        JSON.stringify({ ...localStorage }),
        JSON.stringify({ ...sessionStorage }),
        JSON.stringify(history.state),
        window.name,
        ...[...document.querySelectorAll('*')].flatMap((element) => [...element.attributes].map(({ value }) => value)),
      ])
      expect(kept.filter((value) => value.includes(token.slice(0, 40)))).toEqual([])
      expect(kept.join()).toContain('Debugger for hook URLs')
      expect(await page.evaluate('history.length')).toBe(before)
    })

    test('forgets the URL when it is loaded again', async () => {
      await getInput().fill(mint())
      await context.setOffline(false)
      await page.reload()
      expect(await getInput().inputValue()).toBe('')
    })

    test('removes the fragment of its address without showing it', async () => {
      for (const place of [address, file]) {
        await open(`${place}#${mint()}`)
        await page.getByRole('status').getByText('ended with a fragment, which was removed').waitFor()
        expect(page.url()).toBe(place)
        expect(await getInput().inputValue()).toBe('')
        expect(await page.getByRole('table').count()).toBe(0)
      }
    })

    test('shows nothing of a key', async () => {
      await getInput().fill(`HOOKURL_KEYS=${keys}`)
      await getHeading('This is a key').waitFor()
      expect(await page.locator('body').textContent()).not.toContain(keys.slice(0, 12))
    })

    const damaged = [
      ['cut off', mint().slice(0, -9), 'its signature has 34 characters instead of 43'],
      ['in lower case', mint().toLowerCase(), 'it was converted to lower case, which destroys its data'],
      ['with a character too many', `${mint()}x`, 'its signature has 44 characters instead of 43'],
      ['expired', mint({ expiresAt: new Date(1_700_000_000_000) }), 'it expired'],
      ['without a token', 'https://bot.example.com/hooks', 'it contains no token'],
      ['with two tokens', `${mint()}?t=${mint({ userId: 43 }).split('/').at(-1)}`, 'it contains two different tokens'],
    ] as const
    test.each(damaged)('says what is wrong with a URL that is %s', async (_, url, message) => {
      await getInput().fill(url)
      await page.locator('.problems').getByText(message).waitFor()
    })

    const changed = [
      ['encoded as quoted-printable', (url: string) => url.replace(/.{60}/g, '$&=\n'), 'encoded as quoted-printable'],
      ['broken into lines', (url: string) => url.replace(/.{60}/g, '$&\n'), 'contains line breaks'],
      ['percent-encoded', (url: string) => encodeURIComponent(url).replaceAll('.', '%2E'), 'percent-encoded'],
      ['pasted twice', (url: string) => `${url} ${url}`, 'in the text 2 times'],
    ] as const
    test.each(changed)('reads a URL that was %s, and says so', async (_, change, message) => {
      await getInput().fill(change(mint()))
      await getHeading('Changed on its way').waitFor()
      await page.locator('.problems').getByText(message).waitFor()
      await page.getByRole('row', { name: 'command cmd /approve' }).waitFor()
    })

    test('a URL as it was minted is not called changed', async () => {
      await getInput().fill(mint())
      await page.getByRole('table').waitFor()
      expect(await getHeading('Changed on its way').count()).toBe(0)
    })

    test('says that the claims of an encrypted token cannot be read', async () => {
      await getInput().fill(mint({ encrypt: true }))
      await page.getByText('The claims cannot be read without the key.').waitFor()
      await getHeading('Claims encrypted').waitFor()
    })

    test("shows another issuer's JWT as such", async () => {
      await page.getByRole('button', { name: 'Another JWT' }).click()
      await getHeading('Not a hook URL').waitFor()
      await page.getByText('A JWT from https://id.example.com, with the algorithm RS256.').waitFor()
    })

    test('shows an algorithm that is not a string', async () => {
      await getInput().fill(encodeToken('{"alg":{"toString":1,"valueOf":1}}', '{"iss":"https://id.example.com"}'))
      await getHeading('Not a hook URL').waitFor()
      await page.getByText(/with the algorithm \{\s*"toString": 1,\s*"valueOf": 1\s*\}\./).waitFor()
    })

    test('shows deep content without its indentation', async () => {
      await getInput().fill(encodeToken('{"alg":"HS256"}', `{"cmd":"/a","cnt":${'['.repeat(2500)}${']'.repeat(2500)}}`))
      await page.getByRole('row', { name: 'command cmd /a' }).waitFor()
      expect((await page.getByRole('table').textContent())?.length).toBeLessThan(20_000)
    })

    test('draws at most the segments of a token, whatever is pasted', async () => {
      await getInput().fill(`eyJhbGciOiJIUzI1NiJ9${'.a'.repeat(2500)}`)
      await page.locator('.problems li').first().waitFor()
      expect(await page.locator('.token span').count()).toBeLessThan(10)
      expect(await page.locator('.token').textContent()).toMatch(/^eyJhbGciOiJIUzI1NiJ9(?:\.a){2500}$/)
    })

    test('compares the length with known limits', async () => {
      await getInput().fill(mint({ content: 'x'.repeat(300) }))
      const limits = page.getByRole('list', { name: 'Limits' }).getByRole('listitem')
      await limits.first().waitFor()
      expect(await limits.allInnerTexts()).toEqual([
        expect.stringMatching(/^255 .* too long$/),
        expect.stringMatching(/^512 .* too long$/),
        expect.stringMatching(/^2,048 .* fits$/),
        expect.stringMatching(/^3,000 .* fits$/),
        expect.stringMatching(/^4,000 .* fits$/),
        expect.stringMatching(/^8,190 .* fits$/),
      ])
    })

    test('every example shows what its name says', async () => {
      const shown = {
        'Hook URL': /No problems/,
        'Cut off': /Problems/,
        Lowercase: /Problems/,
        'From an email': /Changed on its way/,
        Encrypted: /Claims encrypted/,
        'Another JWT': /Not a hook URL/,
      }
      for (const [name, heading] of Object.entries(shown)) {
        await page.getByRole('button', { name }).click()
        await getHeading(heading).waitFor()
      }
    })

    test('can be used with the keyboard alone', async () => {
      await getInput().focus()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByRole('table').waitFor()
      await page.getByRole('button', { name: 'Clear' }).press('Enter')
      expect(await getInput().inputValue()).toBe('')
    })

    test('stores the theme where the site reads it', async () => {
      await page.emulateMedia({ colorScheme: 'light' })
      const button = page.getByRole('button', { name: 'Dark theme' })
      await button.click()
      expect(await button.getAttribute('aria-pressed')).toBe('true')
      expect(await page.evaluate('localStorage.getItem("vitepress-theme-appearance")')).toBe('dark')
      expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe('rgb(16, 19, 25)')
      await button.click()
      expect(await page.evaluate('localStorage.getItem("vitepress-theme-appearance")')).toBe('light')
      await page.evaluate('localStorage.clear()')
    })

    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of viewports) {
        test(`passes axe and fits the width, ${colorScheme}, ${viewport.width} pixels wide`, async () => {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize(viewport)
          await open(`${address}#removed`)
          await getInput().fill(mint({ content: 'x'.repeat(300) }).replace(/.{60}/g, '$&\n'))
          await page.getByRole('table').waitFor()
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width)
          const { violations, passes } = await runAxe(page)
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([])
          expect(passes.map(({ id }) => id)).toContain('color-contrast')
        })
      }
    }
  },
)
