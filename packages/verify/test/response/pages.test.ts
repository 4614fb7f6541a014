import type { PageContext, Pages, ReceiverOptions } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { apiHeaders, browserHeaders, expectPage } from '../contract/shared.ts'
import { sendToHandler, type TestResponse } from '../support/clients.ts'
import { catchError, command, expectOptionError, mintPath, policy } from '../support/fixtures.ts'

const consoleError = vi.spyOn(console, 'error')

beforeEach(() => {
  consoleError.mockReset()
  consoleError.mockImplementation(() => {})
})

const germanPages = {
  confirm: () => ({
    title: 'Bitte bestätigen',
    text: 'Noch ist nichts geschehen.',
    button: 'Ja <gern>',
    language: 'de',
  }),
  done: () => ({ title: 'Erledigt', text: 'Sie können die Seite schließen.', language: 'de' }),
  rejected: ({ code }: { code: string }) => ({
    title: 'Dieser Link gilt nicht',
    note: `Grund: ${code}`,
    language: 'de',
  }),
} satisfies Pages

interface PageRequest {
  readonly path: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly options: Partial<ReceiverOptions>
}

/** Opens a URL in a browser; by default a GET of a valid URL, which shows the confirm page. */
async function open(
  pages: Pages,
  { path = mintPath(), method = 'GET', headers = {}, options = {} }: Partial<PageRequest> = {},
): Promise<TestResponse> {
  const handlers = { [command]: () => undefined }
  const send = sendToHandler(hookurl({ ...policy, onError: () => {}, handlers, pages, ...options }))
  return send({ method, path, headers: { ...browserHeaders, ...headers } })
}

const truncatedPath = mintPath().slice(0, -1)

describe('custom copy', () => {
  test('the confirm page has it, escaped and in its language', async () => {
    const path = mintPath()
    const response = await open(germanPages, { path })
    expectPage(response, path)
    expect(response.text).toContain('<html lang="de">')
    expect(response.text).toContain('<title>Bitte bestätigen</title>')
    expect(response.text).toContain('<h1>Bitte bestätigen</h1><p>Noch ist nichts geschehen.</p>')
    expect(response.text).toContain('<button>Ja &#60;gern&#62;</button></form>')
  })

  test('the confirm page keeps the default for copy that is left out', async () => {
    const response = await open(germanPages, { path: mintPath({ redirectTo: 'https://shop.example/' }) })
    expect(response.text).toContain('You will then be taken to shop.example.')
  })

  test('the confirm page announces no redirect that does not follow', async () => {
    const path = mintPath({ redirectTo: 'https://shop.example/' })
    const never = await open({}, { path, options: { redirect: 'never' } })
    expect(never.text).not.toContain('shop.example')
    const guard = sendToHandler(hookurl({ ...policy, command }, () => new Response('from the route')))
    const guarded = await guard({ method: 'GET', path, headers: browserHeaders })
    expect(guarded.status).toBe(200)
    expect(guarded.text).not.toContain('shop.example')
  })

  test('the done page has it', async () => {
    const response = await open(germanPages, { method: 'POST' })
    expect(response.text).toContain('<h1>Erledigt</h1><p>Sie können die Seite schließen.</p>')
  })

  test('the rejected page has it', async () => {
    const response = await open(germanPages, { path: truncatedPath })
    expect(response.status).toBe(400)
    expectPage(response, truncatedPath)
    expect(response.text).toContain('<h1>Dieser Link gilt nicht</h1>')
    expect(response.text).toContain('<p class="note">Grund: malformed_token</p>')
  })

  test('the rejected page for a URL without a token has it', async () => {
    const response = await open(germanPages, { path: '/hooks' })
    expect(response.status).toBe(404)
    expect(response.text).toContain('Grund: no_token')
  })

  test('an empty note removes the note', async () => {
    const path = mintPath({ redirectTo: 'https://shop.example/' })
    const response = await open({ confirm: () => ({ note: '' }) }, { path })
    expect(response.text).not.toMatch(/note">|shop\.example/)
  })

  test('an undefined title keeps the default', async () => {
    const response = await open({ confirm: () => ({ title: undefined as unknown as string }) })
    expect(response.text).toContain('<h1>Please confirm</h1>')
  })

  test('a page function that returns undefined keeps the default page', async () => {
    expect((await open({ confirm: () => undefined })).text).toContain('<h1>Please confirm</h1>')
  })

  test('the confirm page has a button by default', async () => {
    expect((await open({ confirm: () => ({ title: 'x' }) })).text).toContain('<button>Confirm</button>')
  })

  test('the confirm page has no form if the label of its button is empty', async () => {
    expect((await open({ confirm: () => ({ button: '' }) })).text).not.toMatch(/<form|<button/)
  })

  test('the done page never has a button', async () => {
    expect((await open({ done: () => ({ button: 'x' }) }, { method: 'POST' })).text).not.toContain('<button')
  })

  test('an API client gets JSON', async () => {
    const headers = { ...apiHeaders, 'sec-fetch-mode': 'cors' }
    expect((await open(germanPages, { method: 'POST', headers })).text).toBe('{"ok":true}')
  })

  test('the confirm page of a guard has it', async () => {
    const guard = hookurl({ ...policy, command, pages: germanPages }, () => new Response('from the route'))
    const response = await sendToHandler(guard)({ path: mintPath(), headers: browserHeaders })
    expect(response.text).toContain('<h1>Bitte bestätigen</h1>')
  })
})

describe('custom HTML', () => {
  const html = '<!doctype html><title>Mine</title><form method="post"><button>Go</button></form>'

  test('it is sent unchanged', async () => {
    const response = await open({ confirm: () => html })
    expect(response.status).toBe(200)
    expect(response.text).toBe(html)
  })

  test('it is sent with the content type and policy of every page', async () => {
    const response = await open({ confirm: () => html })
    expect(response.header('content-type')).toBe('text/html; charset=utf-8')
    expect(response.header('content-security-policy')).toContain("default-src 'none'")
  })

  test('a rejected page keeps its status', async () => {
    const response = await open({ rejected: () => 'no' }, { path: truncatedPath })
    expect(response.status).toBe(400)
    expect(response.text).toBe('no')
  })
})

describe('the context of a page function', () => {
  const commands = { [command]: { title: 'Pay' } }
  const path = mintPath({ userId: 7, content: 'x' })
  const hook = expect.objectContaining({ command, userId: '7', content: 'x' })

  /** Opens a URL, and returns what the page function received. */
  async function getContext(request: Partial<PageRequest> = {}): Promise<PageContext | undefined> {
    const contexts: PageContext[] = []
    const record = (context: PageContext): undefined => void contexts.push(context)
    const options = { commands, ...request.options }
    await open({ confirm: record, done: record, rejected: record }, { path, ...request, options })
    expect(contexts).toHaveLength(1)
    return contexts[0]
  }

  test('the confirm page has the hook, the title and the languages by preference', async () => {
    const headers = { 'accept-language': 'fr;q=0.5, de-AT, *;q=0.1, de;q=0.9, en;q=0, x_y' }
    expect(await getContext({ headers })).toEqual({
      hook,
      title: 'Pay',
      languages: ['de-AT', 'de', 'fr'],
      language: 'en',
    })
  })

  test('the done page has the hook and the title', async () => {
    expect(await getContext({ method: 'POST' })).toEqual({ hook, title: 'Pay', languages: [], language: 'en' })
  })

  test('the rejected page of an unverified URL has only the code', async () => {
    const context = await getContext({ options: { purpose: 'other' } })
    expect(context).toEqual({ code: 'invalid_signature', languages: [], language: 'en' })
  })

  test('the rejected page of a verified URL has the code, the hook and the title', async () => {
    const context = await getContext({ method: 'POST', options: { authorize: () => false } })
    expect(context).toEqual({ code: 'denied', hook, title: 'Pay', languages: [], language: 'en' })
  })

  const requests: readonly [page: string, request: Partial<PageRequest>][] = [
    ['confirm', {}],
    ['done', { method: 'POST' }],
    ['rejected', { method: 'POST', options: { authorize: () => false } }],
  ]
  for (const [page, request] of requests) {
    test(`the ${page} page has no part of the token`, async () => {
      const context = JSON.stringify(await getContext(request))
      for (const part of path.split(/[/.]/)) if (part.length > 15) expect(context).not.toContain(part)
    })
  }
})

describe('a page function that fails', () => {
  const broken: readonly [what: string, page: () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('no template')
      },
    ],
    ['returns a promise', async () => 'later'],
    ['returns a number', () => 7],
    ['returns null', () => null],
    ['returns an unknown field', () => ({ heading: 'x' })],
    ['returns a title that is not a string', () => ({ title: 7 })],
  ]
  const defaults: readonly [name: keyof Pages, request: Partial<PageRequest>, heading: string][] = [
    ['confirm', {}, 'Please confirm'],
    ['done', { method: 'POST' }, 'Done'],
    ['rejected', { path: truncatedPath }, 'This link does not work'],
  ]
  for (const [what, page] of broken) {
    for (const [name, request, heading] of defaults) {
      test(`a ${name} page that ${what} is replaced by the default`, async () => {
        const response = await open({ [name]: page } as Pages, request)
        expect(response.text).toContain(`<h1>${heading}</h1>`)
      })
    }

    test(`onError receives the error of a page that ${what}`, async () => {
      const errors: unknown[] = []
      await open({ confirm: page } as Pages, { options: { onError: (error) => void errors.push(error) } })
      expect(errors).toEqual([expect.any(Error)])
    })
  }

  test('without onError, the error is written to the console', async () => {
    await open({ confirm: () => null } as unknown as Pages, { options: { onError: undefined } })
    expect(consoleError).toHaveBeenCalledOnce()
    expect(String(consoleError.mock.calls[0]?.[0])).toMatch(/^hookurl: \w*Error: \w/)
  })

  test('a page that rejects causes no unhandled rejection', async () => {
    const onUnhandled = vi.fn()
    process.on('unhandledRejection', onUnhandled)
    const rejecting = (async () => Promise.reject(new Error('no page'))) as never
    const response = await open({ confirm: rejecting })
    expect(response.text).toContain('Please confirm')
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', onUnhandled)
    expect(onUnhandled).not.toHaveBeenCalled()
  })
})

test('the error about a secret does not contain it', async () => {
  const options = { ...policy, handlers: { '*': () => {} }, handshakes: { x: { consumerSecret: ' hunter2' } } }
  const { message, fix } = await catchError(() => hookurl(options))
  expect(message + fix).not.toContain('hunter2')
})

describe('the options pages and handshakes', () => {
  const invalid: readonly [what: string, options: object, message: RegExp][] = [
    ['pages that are not an object', { pages: 'de' }, /pages requires an options object/],
    ['an unknown page', { pages: { error: () => '' } }, /pages has no option "error"/],
    ['a page that is not a function', { pages: { confirm: '<p>' } }, /pages\.confirm must be a function/],
    ['handshakes: true', { handshakes: true }, /handshakes requires an options object/],
    ['an unknown handshake', { handshakes: { slack: true } }, /handshakes has no option "slack"/],
    ['strava that is not a boolean', { handshakes: { strava: 'yes' } }, /strava must be true or false/],
    ['asana that is not a function', { handshakes: { asana: true } }, /asana must be a function/],
    ['custom that is not a function', { handshakes: { custom: 'echo' } }, /custom must be a function/],
    ['x without an object', { handshakes: { x: 'hunter2' } }, /handshakes\.x requires an options object/],
    ['x: null', { handshakes: { x: null } }, /handshakes\.x requires an options object/],
    ['x without a secret', { handshakes: { x: {} } }, /x\.consumerSecret must be a non-empty string/],
    ['x with another secret', { handshakes: { x: { secret: 'hunter2' } } }, /handshakes\.x has no option "secret"/],
    ['an empty secret', { handshakes: { zoom: { secretToken: '' } } }, /zoom\.secretToken must be a non-empty string/],
    [
      'a secret of the wrong type',
      { handshakes: { zoom: { secretToken: 5 } } },
      /zoom\.secretToken must be a non-empty string/,
    ],
    [
      'a secret with a line break',
      { handshakes: { linkedin: { clientSecret: 'hunter2\n' } } },
      /linkedin\.clientSecret must be .* without surrounding whitespace/,
    ],
    [
      'ebay without its endpoint',
      { handshakes: { ebay: { verificationToken: 'hunter2' } } },
      /ebay\.endpoint must be a non-empty string/,
    ],
  ]
  for (const [what, options, message] of invalid) {
    test(`a receiver throws invalid_option for ${what}`, async () => {
      await expectOptionError(() => hookurl({ ...policy, handlers: { '*': () => {} }, ...options }), message)
    })

    test(`a guard throws invalid_option for ${what}`, async () => {
      await expectOptionError(() => hookurl({ ...policy, command, ...options }, () => new Response()), message)
    })
  }
})
