import type { PageContext, Pages, ReceiverOptions } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { browserHeaders, expectPage } from '../contract/shared.ts'
import { sendToHandler } from '../support/clients.ts'
import { command, expectOptionError, mintPath, policy } from '../support/fixtures.ts'

const logged = vi.spyOn(console, 'error')

beforeEach(() => {
  logged.mockReset()
  logged.mockImplementation(() => {})
})

const german = {
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

async function open(pages: Pages, { path = mintPath(), method = 'GET', ...more }: Partial<Ask> = {}) {
  const { headers, options } = more
  const handlers = { [command]: () => undefined }
  const send = sendToHandler(hookurl({ ...policy, onError: () => {}, handlers, pages, ...options }))
  return send({ method, path, headers: { ...browserHeaders, ...headers } })
}

interface Ask {
  readonly path: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly options: Partial<ReceiverOptions>
}

describe('own texts', () => {
  test('stand on the page to confirm, escaped, in their language', async () => {
    const path = mintPath({ redirectTo: 'https://shop.example/' })
    const response = await open(german, { path })
    expectPage(response, path)
    for (const piece of [
      '<html lang="de">',
      '<title>Bitte bestätigen</title>',
      '<h1>Bitte bestätigen</h1><p>Noch ist nichts geschehen.</p>',
      // What is not said stays as it is.
      'You will then be taken to shop.example.',
      '<form method="post"><button>Ja &#60;gern&#62;</button></form>',
    ]) {
      expect(response.text).toContain(piece)
    }
  })

  test('stand on the page when it is done, and on that of a refusal', async () => {
    const done = await open(german, { method: 'POST' })
    expect(done.text).toContain('<h1>Erledigt</h1><p>Sie können die Seite schließen.</p>')
    const path = mintPath().slice(0, -1)
    const refused = await open(german, { path })
    expect(refused.status).toBe(400)
    expectPage(refused, path)
    expect(refused.text).toContain('<h1>Dieser Link gilt nicht</h1>')
    expect(refused.text).toContain('<p class="note">Grund: malformed</p>')
  })

  test('stand on the page where there is no token', async () => {
    const response = await open(german, { path: '/hooks' })
    expect([response.status, response.text.includes('Grund: no_token')]).toEqual([404, true])
  })

  test('may leave out the small print, and what they do not know is as it was', async () => {
    const path = mintPath({ redirectTo: 'https://shop.example/' })
    const response = await open({ confirm: () => ({ note: '', title: undefined as unknown as string }) }, { path })
    expect(response.text).not.toMatch(/note">|shop\.example/)
    expect(response.text).toContain('<h1>Please confirm</h1>')
    expect((await open({ confirm: () => undefined }, { path })).text).toContain('<h1>Please confirm</h1>')
  })

  test('cannot take the button away, nor put one where there is nothing to confirm', async () => {
    expect((await open({ confirm: () => ({ title: 'x' }) })).text).toContain('<button>Confirm</button>')
    expect((await open({ done: () => ({ button: 'x' }) }, { method: 'POST' })).text).not.toContain('<button')
  })

  test('are no business of a program', async () => {
    const response = await open(german, { method: 'POST', headers: { 'sec-fetch-mode': 'cors', accept: '*/*' } })
    expect(response.text).toBe('{"ok":true}')
  })

  test('are those of a guard, too', async () => {
    const guard = hookurl({ ...policy, command, pages: german }, () => new Response('open'))
    const response = await sendToHandler(guard)({ path: mintPath(), headers: browserHeaders })
    expect(response.text).toContain('<h1>Bitte bestätigen</h1>')
  })
})

describe('own pages', () => {
  test('go out as they are, under the same policy', async () => {
    const html = '<!doctype html><title>Mine</title><form method="post"><button>Go</button></form>'
    const response = await open({ confirm: () => html })
    expect([response.status, response.text]).toEqual([200, html])
    expect(response.header('content-type')).toBe('text/html; charset=utf-8')
    expect(response.header('content-security-policy')).toContain("default-src 'none'")
    const refused = await open({ rejected: () => 'no' }, { path: mintPath().slice(0, -1) })
    expect([refused.status, refused.text]).toEqual([400, 'no'])
  })
})

describe('what a page is told', () => {
  const commands = { [command]: { title: 'Pay' } }

  test('the hook, the title and the languages, and never the token', async () => {
    const seen: PageContext[] = []
    const keep = (context: PageContext): undefined => void seen.push(context)
    const pages = { confirm: keep, done: keep, refused: keep }
    const path = mintPath({ userId: 7, content: 'x' })
    const headers = { 'accept-language': 'fr;q=0.5, de-AT, *;q=0.1, de;q=0.9, en;q=0, x_y' }
    await open(pages, { path, headers, options: { commands } })
    await open(pages, { path, method: 'POST', options: { commands } })
    await open(pages, { path, options: { commands, authorize: () => false, purpose: 'other' } })
    await open(pages, { path, method: 'POST', options: { commands, authorize: () => false } })
    const hook = expect.objectContaining({ command, userId: '7', content: 'x' })
    expect(seen).toEqual([
      { hook, title: 'Pay', languages: ['de-AT', 'de', 'fr'] },
      { hook, title: 'Pay', languages: [] },
      { code: 'invalid_signature', languages: [] },
      { code: 'denied', hook, title: 'Pay', languages: [] },
    ])
    for (const piece of path.split(/[/.]/)) {
      if (piece.length > 15) expect(JSON.stringify(seen)).not.toContain(piece)
    }
  })
})

describe('a page that fails', () => {
  const broken: readonly [what: string, page: () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('no template')
      },
    ],
    ['is not there yet', async () => 'later'],
    ['is a number', () => 7],
    ['is null', () => null],
    ['says what no page says', () => ({ heading: 'x' })],
    ['has a text that is none', () => ({ title: 7 })],
  ]
  for (const [what, page] of broken) {
    test(`because it ${what} is replaced by hookurl’s own, and the console hears of it`, async () => {
      const pages = { confirm: page, refused: page, done: page } as unknown as Pages
      expect((await open(pages)).text).toContain('<h1>Please confirm</h1>')
      expect((await open(pages, { method: 'POST' })).text).toContain('<h1>Done</h1>')
      expect((await open(pages, { path: mintPath().slice(0, -1) })).text).toContain('<h1>This link does not work</h1>')
      expect(logged).toHaveBeenCalledTimes(3)
      expect(String(logged.mock.calls[0]?.[0])).toMatch(/^hookurl: \w*Error: \w/)
    })
  }
})

const mistakes: readonly [what: string, options: object, message: RegExp][] = [
  ['pages that are no object', { pages: 'de' }, /pages takes an object/],
  ['a page that does not exist', { pages: { error: () => '' } }, /pages has no option "error"/],
  ['a page that is no function', { pages: { confirm: '<p>' } }, /pages\.confirm must be a function/],
  ['handshakes: true', { handshakes: true }, /handshakes takes an object/],
  ['a handshake that does not exist', { handshakes: { slack: true } }, /handshakes has no option "slack"/],
  ['strava: yes', { handshakes: { strava: 'yes' } }, /strava must be true or false/],
  ['asana: true', { handshakes: { asana: true } }, /asana must be a function/],
]
for (const [what, options, message] of mistakes) {
  test(`${what} is a mistake that is reported when it is made`, async () => {
    await expectOptionError(() => hookurl({ ...policy, handlers: { '*': () => {} }, ...options }), message)
    await expectOptionError(() => hookurl({ ...policy, command, ...options }, () => new Response()), message)
  })
}
