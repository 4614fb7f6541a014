import { readFileSync } from 'node:fs'
import { createMinter } from '@hookurl/core'
import { expect, test } from 'vitest'
import { callSnippet, readSnippets, testKey, withServer } from '../../tools/snippets.ts'

const page = 'docs/adapters.md'
const snippets = readSnippets(page)
const minter = createMinter({ keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })
const url = minter.mintSync({ command: '/onWebhook', userId: 42 })
const recorded = new URL('../../packages/verify/test/events/http-api.json', import.meta.url)
const event = { ...JSON.parse(readFileSync(recorded, 'utf8')), rawPath: new URL(url).pathname }

test('every adapter has code on the page', () => {
  const { exports } = JSON.parse(readFileSync(new URL('../../packages/verify/package.json', import.meta.url), 'utf8'))
  const stores = ['.', './lmdb', './redis', './package.json']
  const adapters = Object.keys(exports).filter((subpath) => !stores.includes(subpath))
  const text = snippets.map(({ code }) => code).join('\n')
  for (const subpath of adapters) expect(text).toContain(`'@hookurl/verify${subpath.slice(1)}'`)
})

for (const snippet of snippets) {
  if (snippet.kind === 'serve') {
    test(`"${snippet.name}" listens, runs a good URL, and refuses a damaged one`, async () => {
      await withServer(snippet, async (origin) => {
        const path = new URL(url).pathname
        const good = await fetch(origin + path, { method: 'POST' })
        expect([good.status, await good.json()]).toEqual([200, { ok: true }])
        expect((await fetch(origin + path.slice(0, -1), { method: 'POST' })).status).toBe(400)
        expect((await fetch(`${origin}/hooks/none`, { method: 'POST' })).status).toBe(404)
      })
    })
  } else {
    test(`"${snippet.name}" answers its host, and refuses a damaged URL`, async () => {
      const expected = snippet.name.endsWith('-guard') ? expect.stringContaining('42') : '{"ok":true}'
      const damaged = { url: url.slice(0, -1), event: { ...event, rawPath: event.rawPath.slice(0, -1) } }
      const [good, refused] = await callSnippet(snippet, [{ url, event }, damaged])
      expect(good).toEqual({ status: 200, body: expected })
      expect(refused).toMatchObject({ status: 400 })
    })
  }
}
