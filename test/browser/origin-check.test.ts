import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, generateKey } from '@hookurl/core'
import type { Pages } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser } from './open-browser.ts'

interface ReceivedRequest {
  readonly method: string | undefined
  readonly headers: IncomingHttpHeaders
}

const keys = generateKey()
const servers: Server[] = []
const requests: ReceivedRequest[] = []
const runs: (string | undefined)[] = []
let browser: Browser
let page: Page
let other: string

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'in Chromium, on a host that checks Origin',
  () => {
    beforeAll(async () => {
      other = await listen((request, response) => {
        record(request)
        response.setHeader('content-type', 'text/html').end('<!doctype html><title>Other</title>')
      })
      browser = await openBrowser()
      page = await browser.newPage()
    }, 60_000)

    beforeEach(() => {
      requests.length = 0
      runs.length = 0
    })

    afterAll(async () => {
      await browser?.close()
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
    })

    test('the host rejects a form without its own origin, and accepts one with it', async () => {
      const origin = await startReceiver()
      const post = (headers: Record<string, string>) => fetch(`${origin}/`, { method: 'POST', headers, body: '' })
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      const statuses = [await post(form), await post({ ...form, origin: 'null' }), await post({ ...form, origin })]
      expect(statuses.map(({ status }) => status)).toEqual([403, 403, 404])
    })

    const confirmPages: readonly [what: string, pages: Pages][] = [
      ['confirm page', {}],
      ['custom confirm page', { confirm: () => '<!doctype html><form method="post"><button>Confirm</button></form>' }],
    ]
    for (const [what, pages] of confirmPages) {
      test(`the button of a ${what} runs the command once`, async () => {
        await page.goto(mint(await startReceiver(pages)))
        await pressConfirm()
        expect(await page.title()).toBe('Done')
        expect(runs).toEqual(['POST'])
      })
    }

    test('the button of the confirm page of a guard reaches the route', async () => {
      const guard = hookurl({ keys, command: '/run' })
      const origin = await listen(
        checkOrigin((request, response) =>
          guard(request, response, () => {
            runs.push(request.method)
            response.setHeader('content-type', 'text/html').end('<title>Route</title>')
          }),
        ),
      )
      await page.goto(mint(origin))
      await pressConfirm()
      expect(await page.title()).toBe('Route')
      expect(runs).toEqual(['POST'])
    })

    test('the form is sent with the origin as Referer, without the token', async () => {
      const origin = await startReceiver()
      await page.goto(mint(origin))
      await pressConfirm()
      const post = requests.find(({ method }) => method === 'POST')
      expect(post?.headers).toMatchObject({ origin, referer: `${origin}/` })
    })

    test('the redirect after the form has no Referer', async () => {
      await page.goto(mint(await startReceiver(), `${other}/landed`))
      requests.length = 0
      await pressConfirm()
      await page.waitForURL(`${other}/landed`)
      expect(requests.map(({ method }) => method)).toEqual(['POST', 'GET'])
      expect(requests[1]?.headers.referer).toBeUndefined()
    })

    const link = () => `<!doctype html><title>Custom</title><a href="${other}/linked">Other</a>`
    const linked: readonly [what: string, pages: Pages, open: (origin: string) => Promise<unknown>][] = [
      ['confirm', { confirm: link }, (origin) => page.goto(mint(origin))],
      ['rejected', { rejected: link }, (origin) => page.goto(mint(origin).slice(0, -1))],
      [
        'done',
        { done: link },
        async (origin) => {
          await page.goto(mint(origin))
          await pressConfirm()
        },
      ],
    ]
    for (const [what, pages, open] of linked) {
      test(`a link on a custom ${what} page sends the origin as Referer, without the token`, async () => {
        const origin = await startReceiver(pages)
        await open(origin)
        requests.length = 0
        await page.getByRole('link').click()
        await page.waitForURL(`${other}/linked`)
        expect(requests.map(({ headers }) => headers.referer)).toEqual([`${origin}/`])
      })
    }
  },
)

async function startReceiver(pages: Pages = {}): Promise<string> {
  const receive = hookurl({ keys, pages, handlers: { '*': (hook) => void runs.push(hook.method) } })
  return listen(
    checkOrigin((request, response) => {
      record(request)
      return receive(request, response)
    }),
  )
}

/** Rejects forms from other origins, as SvelteKit and Astro do. */
function checkOrigin(next: RequestListener): RequestListener {
  return (request, response) => {
    const { origin, host, 'content-type': type = '' } = request.headers
    const isForm = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/.test(type)
    if (isForm && origin !== `http://${host}`) return void response.writeHead(403).end('cross-site')
    next(request, response)
  }
}

// Chromium also requests the icon of a page.
function record({ url, method, headers }: IncomingMessage): void {
  if (url !== '/favicon.ico') requests.push({ method, headers })
}

async function pressConfirm(): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Confirm' }).click()])
}

function mint(origin: string, redirectTo?: string): string {
  return createMinter({ keys, baseUrl: `${origin}/hooks`, expiresIn: '1h' }).mintSync({ command: '/run', redirectTo })
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await once(server.listen(0), 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}`
}
