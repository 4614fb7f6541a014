import { once } from 'node:events'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createMinter, generateKey, type MintOptions } from '@hookurl/core'
import type { ResultEvent } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createCertificate } from '../../packages/verify/test/support/certificate.ts'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openProfile, type Profile } from './open-browser.ts'

// Different sites, over https: only then does a browser send cookies with SameSite=None.
const bot = 'https://bot.example.com'
const evil = 'https://evil.example.org'
const keys = generateKey()
const servers: Server[] = []
const runs: (string | undefined)[] = []
const events: ResultEvent[] = []
/** What the bot's server received, as an access log has it. */
const accessLog: { method: string | undefined; url: string; cookie: boolean; referer: string | undefined }[] = []
let profile: Profile
let context: BrowserContext
let page: Page
let botPort: number
/** The page that the other site shows. */
let evilPage = ''
const evilLog: string[] = []

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'a URL that only its user can use, in Chromium',
  () => {
    beforeAll(async () => {
      const ports = {
        'bot.example.com': await listen('bot.example.com', createBot()),
        'evil.example.org': await listen('evil.example.org', (request, response) => {
          evilLog.push(`${request.url} ${request.headers.referer ?? ''}`)
          response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Evil</title>${evilPage}`)
        }),
      }
      botPort = ports['bot.example.com']
      profile = await openProfile(ports)
      context = profile.context
      page = await context.newPage()
    }, 60_000)

    beforeEach(async () => {
      await context.clearCookies()
      for (const list of [runs, events, accessLog] as unknown[][]) list.length = 0
    })

    afterAll(async () => {
      await profile?.close()
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
    })

    test('the user signs in, returns, and confirms with one click', async () => {
      const url = mint()
      await page.goto(url)
      expect(await page.title()).toBe('Sign in')
      await page.getByRole('button', { name: 'ana' }).click()
      expect(await page.title()).toBe('Please confirm')
      await page.getByRole('button', { name: 'Confirm' }).click()
      expect(await page.title()).toBe('Done')
      expect(runs).toEqual(['ana'])
    })

    test('nothing of the token is in the sign-in page, its URL, a Referer or the events', async () => {
      const url = mint()
      const token = url.slice(url.lastIndexOf('/') + 1)
      await page.goto(url)
      const [signInUrl, signInPage] = [page.url(), await page.content()]
      await page.getByRole('button', { name: 'ana' }).click()
      await page.getByRole('button', { name: 'Confirm' }).click()
      expect(runs).toEqual(['ana'])
      const withoutFirst = accessLog.slice(1)
      const seen = JSON.stringify([signInUrl, signInPage, page.url(), withoutFirst, events])
      for (const part of token.split('.')) expect(seen).not.toContain(part)
      expect(accessLog[0]?.url).toContain(token)
    })

    test('the handle from the log of the sign-in page is worth nothing to anyone else', async () => {
      const handleUrl = await getHandleUrl(mint())
      await page.goto(handleUrl)
      expect(await page.title()).toBe('Sign in to use this link')
      await signInAs(context, 'bob')
      await page.goto(handleUrl)
      expect(await page.title()).toBe('This link is for someone else')
      expect(runs).toEqual([])
    })

    test('the challenge of the 401 makes the browser show the page, not a prompt', async () => {
      await page.goto(mint())
      const returnTo = new URL(page.url()).searchParams.get('next') ?? ''
      const response = await page.goto(bot + returnTo)
      expect(response?.status()).toBe(401)
      expect(response?.headers()['www-authenticate']).toBe('HookurlUser')
      expect(await page.getByRole('heading').textContent()).toBe('Sign in to use this link')
    })

    test('a form whose session has ended leads to the sign-in page, and back to the button', async () => {
      await signInAs(context, 'ana')
      await page.goto(mint())
      await context.clearCookies()
      await page.getByRole('button', { name: 'Confirm' }).click()
      expect(await page.title()).toBe('Sign in')
      await page.getByRole('button', { name: 'ana' }).click()
      await page.getByRole('button', { name: 'Confirm' }).click()
      expect(await page.title()).toBe('Done')
      expect(runs).toEqual(['ana'])
    })

    const form = (url: string, attributes: string = '') =>
      `<form method="post" action="${url}" ${attributes}><button>Win</button></form><script>document.forms[0].submit()</script>`
    const script = (code: string) =>
      `<script>(async () => {${code}})().catch(() => {}).then(() => document.title = 'sent')</script>`
    const callFetch = (url: string, init: string) => script(`await fetch(${JSON.stringify(url)}, ${init})`)
    const attacks: readonly [what: string, create: (url: string) => string][] = [
      ['a form that submits itself', (url) => form(url)],
      ['a form in text/plain', (url) => form(url, 'enctype="text/plain"')],
      ['a form of multipart/form-data', (url) => form(url, 'enctype="multipart/form-data"')],
      ['a form without a referrer', (url) => `<meta name="referrer" content="no-referrer">${form(url)}`],
      ['a form in a new window', (url) => form(url, 'target="_blank"')],
      ['a form in a frame', (url) => `<iframe name="f"></iframe>${form(url, 'target="f"')}`],
      [
        'a form in a sandboxed frame, whose origin is null',
        (url) =>
          `<iframe sandbox="allow-scripts allow-forms" srcdoc="${form(url).replaceAll('"', '&quot;')}"></iframe>`,
      ],
      ['a form in a data: frame', (url) => `<iframe src="data:text/html,${encodeURIComponent(form(url))}"></iframe>`],
      ['fetch with no-cors', (url) => callFetch(url, "{ method: 'POST', mode: 'no-cors', credentials: 'include' }")],
      ['fetch with CORS', (url) => callFetch(url, "{ method: 'POST', credentials: 'include' }")],
      [
        'fetch with a preflight',
        (url) =>
          callFetch(
            url,
            "{ method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body: '{}' }",
          ),
      ],
      ['fetch without credentials', (url) => callFetch(url, "{ method: 'POST', credentials: 'omit' }")],
      [
        'fetch without a referrer',
        (url) =>
          callFetch(url, "{ method: 'POST', mode: 'no-cors', credentials: 'include', referrerPolicy: 'no-referrer' }"),
      ],
      ['sendBeacon', (url) => script(`navigator.sendBeacon(${JSON.stringify(url)}, 'x')`)],
      [
        'XMLHttpRequest',
        (url) =>
          script(
            `const x = new XMLHttpRequest(); x.withCredentials = true; x.open('POST', ${JSON.stringify(url)}); x.send(); await new Promise((done) => (x.onloadend = done))`,
          ),
      ],
      ['a link that is opened', (url) => script(`location.href = ${JSON.stringify(url)}`)],
      [
        'an image',
        (url) =>
          script(
            `const i = new Image(); i.src = ${JSON.stringify(url)}; await new Promise((done) => (i.onerror = i.onload = done))`,
          ),
      ],
      ['a frame', (url) => `<iframe src="${url}"></iframe>`],
      ['a ping', (url) => `<a ping="${url}" href="#x">x</a><script>document.querySelector('a').click()</script>`],
    ]
    for (const [what, create] of attacks) {
      test(`${what} of another site runs nothing for the user who is signed in`, async () => {
        const url = mint()
        const handleUrl = await getHandleUrl(url)
        await signInAs(context, 'ana')
        for (const known of [url, handleUrl]) {
          accessLog.length = 0
          evilPage = create(known)
          await page.goto(`${evil}/`)
          await expect.poll(() => accessLog.length, { timeout: 5000 }).toBeGreaterThan(0)
          await page.waitForLoadState('networkidle')
          expect(runs).toEqual([])
        }
      })
    }

    const controls: readonly [what: string, create: (url: string) => string][] = [
      ['a form', (url) => form(url)],
      ['a form in a frame', (url) => `<iframe name="f"></iframe>${form(url, 'target="f"')}`],
      ['fetch', (url) => callFetch(url, "{ method: 'POST', mode: 'no-cors', credentials: 'include' }")],
    ]
    for (const [what, create] of controls) {
      test(`${what} of another site does send the cookie, and runs a URL without requireUser, with no actor`, async () => {
        await signInAs(context, 'ana')
        evilPage = create(mint({ requireUser: false }))
        await page.goto(`${evil}/`)
        await expect.poll(() => runs, { timeout: 5000 }).toEqual([undefined])
        expect(accessLog.find(({ method }) => method === 'POST')?.cookie).toBe(true)
      })
    }

    test('the confirm page cannot be shown in a frame, where a click could be stolen', async () => {
      await signInAs(context, 'ana')
      evilPage = `<iframe src="${mint()}"></iframe>`
      await page.goto(`${evil}/`)
      await expect.poll(() => accessLog.length).toBeGreaterThan(0)
      await page.waitForLoadState('networkidle')
      const frame = page.frames()[1]
      expect(frame?.url()).toBe('chrome-error://chromewebdata/')
      expect(await frame?.getByRole('button', { name: 'Confirm' }).count()).toBe(0)
    })

    test('the link on another site works: the page asks, and its button runs the command', async () => {
      await signInAs(context, 'ana')
      evilPage = `<a href="${mint()}">Deploy</a>`
      await page.goto(`${evil}/`)
      await page.getByRole('link').click()
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByRole('heading', { name: 'Done' }).waitFor()
      expect(runs).toEqual(['ana'])
    })
  },
)

/** An application with sessions, and a receiver. */
function createBot(): RequestListener {
  const receive = hookurl({
    keys,
    handlers: { '/deploy': ({ actor }) => void runs.push(actor) },
    user: getUser,
    signIn: (returnTo) => `/login?next=${encodeURIComponent(returnTo)}`,
    onResult: (event) => void events.push(event),
  })
  return async (request, response) => {
    const { method, url = '/', headers } = request
    if (url !== '/favicon.ico') {
      accessLog.push({ method, url, cookie: headers.cookie !== undefined, referer: headers.referer })
    }
    if (!url.startsWith('/login')) return receive(request, response)
    const next = new URL(url, bot).searchParams.get('next') ?? '/'
    if (method === 'POST') {
      const user = new URLSearchParams(await text(request)).get('user')
      return void response.writeHead(303, { 'set-cookie': sessionCookie(user ?? ''), location: next }).end()
    }
    response
      .setHeader('content-type', 'text/html')
      .end(
        '<!doctype html><title>Sign in</title><form method="post"><button name="user" value="ana">ana</button></form>',
      )
  }
}

function getUser({ headers }: IncomingMessage): string | undefined {
  return /(?:^|; )session=(\w+)/.exec(headers.cookie ?? '')?.[1]
}

// The weakest cookie: browsers send it with requests of every site.
function sessionCookie(user: string): string {
  return `session=${user}; Path=/; Secure; HttpOnly; SameSite=None`
}

/** Returns the URL to which a browser returns after signing in. */
async function getHandleUrl(url: string): Promise<string> {
  const { pathname } = new URL(url)
  const headers = { 'sec-fetch-mode': 'navigate' }
  const sent = request({ port: botPort, path: pathname, headers, rejectUnauthorized: false }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  return bot + new URL(response.headers.location ?? '', bot).searchParams.get('next')
}

async function signInAs(target: BrowserContext, user: string): Promise<void> {
  const cookie = { name: 'session', value: user, url: bot, secure: true, httpOnly: true, sameSite: 'None' } as const
  await target.addCookies([cookie])
}

function mint(options: Partial<MintOptions> = {}): string {
  const minter = createMinter({ keys, baseUrl: `${bot}/hooks`, expiresIn: '1h' })
  return minter.mintSync({ command: '/deploy', userId: 'ana', requireUser: true, ...options })
}

async function listen(host: string, listener: RequestListener): Promise<number> {
  const server = createServer(createCertificate(host), listener)
  servers.push(server as never)
  await once(server.listen(0), 'listening')
  return (server.address() as AddressInfo).port
}
