import { expect, test } from 'vitest'
import { readSnippets, runSnippet, withServer } from '../tools/snippets.ts'

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
