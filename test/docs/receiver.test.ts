import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMinter } from '@hookurl/core'
import { expect, test } from 'vitest'
import { byBody, byHead } from '../../packages/verify/src/receive/handshakes/find-handshake.ts'
import { root } from '../../tools/setup/io.js'
import { readSnippets, testKey, withServer } from '../../tools/snippets.ts'

const pages = ['docs/receiver.md', 'docs/handshakes.md']
const snippets = pages.flatMap(readSnippets).filter(({ kind }) => kind === 'serve')
const minter = createMinter({ keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })

test('the pages show a receiver and a handshake', () => {
  expect(snippets.map(({ name }) => name)).toEqual(['receiver-first', 'handshakes-asana'])
})

for (const snippet of snippets) {
  test(`the snippet "${snippet.name}" responds to each request with the documented status`, async () => {
    const command = snippet.name === 'receiver-first' ? '/onPayment' : '/onTask'
    const { pathname } = new URL(minter.mintSync({ command, id: 'task-1' }))
    const responses = await withServer(snippet, async (origin) => [
      await fetch(`${origin}/hooks`, { method: 'POST' }),
      await fetch(origin + pathname, { method: 'POST', body: '{}' }),
      await fetch(origin + pathname, { method: 'POST', headers: { 'x-hook-secret': 's3cret' } }),
      await fetch(origin + pathname, { method: 'POST', headers: { 'x-hook-secret': 'another' } }),
    ])
    const statuses = snippet.name === 'receiver-first' ? [404, 200, 200, 200] : [404, 401, 200, 403]
    expect(responses.map(({ status }) => status)).toEqual(statuses)
  })
}

test('docs/handshakes.md lists every service whose handshake is supported', () => {
  const page = readFileSync(join(root, 'docs/handshakes.md'), 'utf8')
  const services = [...byHead, ...byBody].map(({ service }) => service)
  expect(services.filter((service) => !page.includes(`| ${service} |`))).toEqual([])
})
