import { readFileSync } from 'node:fs'
import { createMinter } from '@hookurl/core'
import { expect, test } from 'vitest'
import { readFences } from '../../tools/docs/markdown.ts'
import { callSnippet, readSnippets, testKey, withServer } from '../../tools/snippets.ts'

const page = 'docs/adapters.md'
const snippets = readSnippets(page)
const minter = createMinter({ keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })
const url = minter.mintSync({ command: '/onWebhook', userId: 42 })
const recordedEvent = new URL('../../packages/verify/test/events/http-api.json', import.meta.url)
const event = { ...JSON.parse(readFileSync(recordedEvent, 'utf8')), rawPath: new URL(url).pathname }

test('every adapter has a snippet on the page', () => {
  const { exports } = JSON.parse(readFileSync(new URL('../../packages/verify/package.json', import.meta.url), 'utf8'))
  const stores = ['./cas', './durable', './dynamo', './lmdb', './redis', './sql', './store-tests', './wait']
  const others = ['.', ...stores, './languages', './internal', './package.json']
  const adapters = Object.keys(exports).filter((subpath) => !others.includes(subpath))
  const text = readFences(page)
    .map(({ code }) => code)
    .join('\n')
  for (const subpath of adapters) expect(text).toContain(`'@hookurl/verify${subpath.slice(1)}'`)
})

const typedGuard = 'adapter-typed-guard'

test('the route of the typed guard gets the content of its command', async () => {
  const snippet = snippets.find(({ name }) => name === typedGuard)
  if (snippet === undefined) throw new Error('the page has no such snippet')
  const approval = minter.mintSync({ command: '/approve', userId: 42, content: { invoice: 7 } })
  await withServer(snippet, async (origin) => {
    const target = `${origin}${new URL(approval).pathname.replace('/hooks', '/approve')}`
    expect(await (await fetch(target, { method: 'POST' })).text()).toBe('approved invoice 7 for 42')
    expect((await fetch(target.slice(0, -1), { method: 'POST' })).status).toBe(400)
  })
})

for (const snippet of snippets.filter(({ name }) => name !== typedGuard)) {
  if (snippet.kind === 'serve') {
    test(`the snippet "${snippet.name}" handles a valid URL, and rejects a truncated one and a path without a token`, async () => {
      await withServer(snippet, async (origin) => {
        const path = new URL(url).pathname
        const post = (target: string): Promise<Response> => fetch(origin + target, { method: 'POST' })
        const response = await post(path)
        expect(response.status).toBe(200)
        expect(await response.json()).toEqual({ ok: true })
        expect((await post(path.slice(0, -1))).status).toBe(400)
        expect((await post('/hooks/none')).status).toBe(404)
      })
    })
  } else {
    test(`the snippet "${snippet.name}" handles a valid URL, and rejects a truncated one`, async () => {
      const expected = snippet.name.endsWith('-guard') ? expect.stringContaining('42') : '{"ok":true}'
      const truncated = { url: url.slice(0, -1), event: { ...event, rawPath: event.rawPath.slice(0, -1) } }
      const [valid, rejected] = await callSnippet(snippet, [{ url, event }, truncated])
      expect(valid).toEqual({ status: 200, body: expected })
      expect(rejected).toMatchObject({ status: 400 })
    })
  }
}
