import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMinter } from '@hookurl/core'
import { expect, test } from 'vitest'
import { root } from '../../tools/setup/io.js'
import { readSnippets, runSnippet, type Snippet, testKey, withServer } from '../../tools/snippets.ts'

const snippets = readSnippets('README.md')

test('the README has a snippet that exits and one that listens', () => {
  expect(new Set(snippets.map(({ kind }) => kind))).toEqual(new Set(['run', 'serve']))
})

for (const snippet of snippets.filter(({ kind }) => kind === 'serve')) {
  test(`the README's snippet "${snippet.name}" rejects a request without a token with 404`, async () => {
    const response = await withServer(snippet, (origin) => fetch(`${origin}/hooks`, { method: 'POST' }))
    expect(response.status).toBe(404)
  })
}

test("the README's receiver handles the URL that the README mints", async () => {
  const { stdout } = await runSnippet(getSnippet('mint'))
  const { pathname } = new URL(stdout.trim())
  const response = await withServer(getSnippet('receive'), (origin) =>
    fetch(origin + pathname, { method: 'POST', body: '{}' }),
  )
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ ok: true })
})

test("the README's guard allows only a URL for its command", async () => {
  const bodies = await withServer(getSnippet('receive'), async (origin) => {
    const minter = createMinter({ keys: testKey, baseUrl: `${origin}/approve`, expiresIn: '1h' })
    const urls = ['/approve', '/onWebhook'].map((command) => minter.mintSync({ command, userId: 42 }))
    return Promise.all(urls.map(async (url) => (await fetch(url, { method: 'POST' })).text()))
  })
  expect(bodies).toEqual(['approved for 42', expect.stringContaining('wrong_command')])
})

test('the README has fewer than 200 lines', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length).toBeLessThan(200)
})

function getSnippet(name: string): Snippet {
  const snippet = snippets.find((each) => each.name === name)
  if (snippet === undefined) throw new Error(`the README has no snippet "${name}"`)
  return snippet
}
