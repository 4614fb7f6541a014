import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMinter } from '@hookurl/core'
import { expect, test } from 'vitest'
import { root } from '../../tools/setup/io.js'
import { readSnippets, runSnippet, testKey, withServer } from '../../tools/snippets.ts'

const snippets = readSnippets('README.md')

test('the README has code that runs and code that listens', () => {
  expect(new Set(snippets.map(({ kind }) => kind))).toEqual(new Set(['run', 'serve']))
})

for (const snippet of snippets.filter(({ kind }) => kind === 'serve')) {
  test(`the README's snippet "${snippet.name}" listens, and refuses a request without a token`, async () => {
    const answer = await withServer(snippet, (origin) => fetch(`${origin}/hooks`, { method: 'POST' }))
    expect(answer.status).toBe(404)
  })
}

test('the receiver of the README runs the URL that the README mints', async () => {
  const [minted, received] = ['mint', 'receive'].map((name) => snippets.find((snippet) => snippet.name === name))
  if (minted === undefined || received === undefined) throw new Error('the README lacks one of the two')
  const { stdout } = await runSnippet(minted)
  const { pathname } = new URL(stdout.trim())
  const answer = await withServer(received, (origin) => fetch(origin + pathname, { method: 'POST', body: '{}' }))
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true }])
})

test('the guard of the README opens for what was minted for it, and for nothing else', async () => {
  const received = snippets.find(({ name }) => name === 'receive')
  if (received === undefined) throw new Error('the README lacks it')
  const answers = await withServer(received, async (origin) => {
    const minter = createMinter({ keys: testKey, baseUrl: `${origin}/approve`, expiresIn: '1h' })
    const urls = ['/approve', '/onWebhook'].map((command) => minter.mintSync({ command, userId: 42 }))
    return Promise.all(urls.map(async (url) => (await fetch(url, { method: 'POST' })).text()))
  })
  expect(answers).toEqual(['approved for 42', expect.stringContaining('wrong_command')])
})

test('the README is read in one go: it has fewer than 200 lines', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length).toBeLessThan(200)
})
