import { createMinter } from '@hookurl/core'
import { expect, test, vi } from 'vitest'
import { redisAbsence, startRedis } from '../packages/verify/test/support/redis.ts'
import { compileSnippets, readSnippets, runSnippet, testKey, withServer } from '../tools/snippets.ts'

const snippets = readSnippets('docs/single-use.md')
const minter = createMinter({ keys: testKey, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })

test('the TypeScript of docs/single-use.md compiles, strictly', () => {
  expect(snippets.map(({ name }) => name)).toEqual(['single-use-first', 'single-use-lmdb', 'single-use-redis'])
  expect(compileSnippets(snippets)).toBe('')
})

for (const snippet of snippets) {
  if (snippet.kind === 'run') {
    test(`the snippet "${snippet.name}" prints what it says`, async () => {
      const promised = /console\.log\([^\n]*\) \/\/ (.+)$/m.exec(snippet.code)?.[1]
      const { status, stdout, stderr } = await runSnippet(snippet)
      expect([status, stdout.trim(), stderr]).toEqual([0, promised, ''])
    })
  } else {
    test(`the snippet "${snippet.name}" listens, and counts`, async (context) => {
      if (snippet.name === 'single-use-redis') {
        if (redisAbsence !== undefined) return context.skip(redisAbsence)
        const redis = await startRedis()
        vi.stubEnv('REDIS_URL', redis.url)
        context.onTestFinished(() => redis.stop())
      }
      const { pathname } = new URL(minter.mintSync({ command: '/pay', uses: 1 }))
      const codes = await withServer(snippet, async (origin) => {
        const post = (body: string) => fetch(origin + pathname, { method: 'POST', body })
        return [(await post('a')).status, (await post('a')).status, (await post('b')).status]
      })
      expect(codes).toEqual([200, 200, 410])
    })
  }
}
