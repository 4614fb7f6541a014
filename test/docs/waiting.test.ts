import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readSnippets, withServer } from '../../tools/snippets.ts'

test('the snippet "waiting-express" hands out a URL and responds with what it receives', async () => {
  const snippet = readSnippets('docs/waiting.md').find(({ name }) => name === 'waiting-express')
  if (snippet === undefined) throw new Error('there is no such snippet')
  await withServer(snippet, async (origin) => {
    const asking = await fetch(`${origin}/ask`)
    const lines = createInterface({ input: Readable.fromWeb(asking.body as never) })[Symbol.asyncIterator]()
    const { pathname } = new URL((await lines.next()).value)
    const body = new URLSearchParams({ reply: 'yes' })
    const replied = await fetch(origin + pathname, { method: 'POST', body })
    expect([replied.status, await replied.json()]).toEqual([200, { ok: true }])
    expect((await lines.next()).value).toBe('{"reply":"yes"}')
  })
})
