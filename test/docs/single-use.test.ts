import { createMinter } from '@hookurl/core'
import { createUseSchema } from '@hookurl/verify/sql'
import { expect, test, vi } from 'vitest'
import { redisAbsence, startRedis } from '../../packages/verify/test/support/redis.ts'
import { postgresAbsence, startPostgres } from '../../packages/verify/test/support/sql-servers.ts'
import { connectPg } from '../../packages/verify/test/support/sql-stores.ts'
import { readSnippets, testKey, withServer } from '../../tools/snippets.ts'

const snippets = readSnippets('docs/single-use.md').filter(({ kind }) => kind === 'serve')
const minter = createMinter({ keys: testKey, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })

test('the page shows a store for one machine, one for several, and one in a database', () => {
  expect(snippets.map(({ name }) => name)).toEqual(['single-use-lmdb', 'single-use-redis', 'single-use-sql'])
})

for (const snippet of snippets) {
  test(`the snippet "${snippet.name}" handles one delivery and its duplicate, and rejects another with 410`, async (context) => {
    if (snippet.name === 'single-use-redis') {
      if (redisAbsence !== undefined) return context.skip(redisAbsence)
      const redis = await startRedis()
      vi.stubEnv('REDIS_URL', redis.url)
      context.onTestFinished(() => redis.stop())
    }
    if (snippet.name === 'single-use-sql') {
      if (postgresAbsence !== undefined) return context.skip(postgresAbsence)
      const server = await startPostgres()
      const { execute, close } = connectPg(server.url)
      for (const statement of createUseSchema('postgres')) await execute(statement, [])
      await close()
      vi.stubEnv('DATABASE_URL', server.url)
      context.onTestFinished(() => server.stop())
    }
    const { pathname } = new URL(minter.mintSync({ command: '/pay', maxUses: 1 }))
    const statuses = await withServer(snippet, async (origin) => {
      const post = (body: string) => fetch(origin + pathname, { method: 'POST', body })
      return [(await post('a')).status, (await post('a')).status, (await post('b')).status]
    })
    expect(statuses).toEqual([200, 200, 410])
  })
}
