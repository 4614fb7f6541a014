import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { root } from '../../tools/setup/io.js'
import { readSnippets, type Snippet, withServer } from '../../tools/snippets.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const snippets = readSnippets('README.md')

const printed = "signed: 42 { episode: 7 } sent: { status: 'done' }"

test("the README's application handles the URL that it prints, and prints what the README says", async () => {
  await withServer(getSnippet('quick-start'), async (origin, getOutput) => {
    const response = await post(origin, await waitForUrl(getOutput))
    expect([response.status, await response.text()]).toEqual([200, '{"ok":true}'])
    await vi.waitFor(() => expect(getOutput()).toContain(`${printed}\n`), 5_000)
  })
  expect(readme).toContain(`prints \`${printed}\``)
})

test("the README's application rejects its URL without the last character, as the README says", async () => {
  const response = await withServer(getSnippet('quick-start'), async (origin, getOutput) =>
    post(origin, (await waitForUrl(getOutput)).slice(0, -1)),
  )
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'malformed_token' })
})

test('the README has at most 120 lines', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(120)
})

async function waitForUrl(getOutput: () => string): Promise<string> {
  await vi.waitFor(() => expect(getOutput()).toContain('\n'), 5_000)
  return getOutput().trim()
}

function post(origin: string, url: string): Promise<Response> {
  return fetch(origin + new URL(url).pathname, { method: 'POST', body: new URLSearchParams({ status: 'done' }) })
}

function getSnippet(name: string): Snippet {
  const snippet = snippets.find((each) => each.name === name)
  if (snippet === undefined) throw new Error(`the README has no snippet "${name}"`)
  return snippet
}
