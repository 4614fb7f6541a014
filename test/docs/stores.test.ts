import { createMinter } from '@hookurl/core'
import { createUseSchema } from '@hookurl/verify/sql'
import { expect, test, vi } from 'vitest'
import { startDynamo } from '../../packages/verify/test/support/dynamo.ts'
import { redisAbsence, startRedis } from '../../packages/verify/test/support/redis.ts'
import { postgresAbsence, startPostgres } from '../../packages/verify/test/support/sql-servers.ts'
import { connectPg } from '../../packages/verify/test/support/sql-stores.ts'
import { startUpstash } from '../../packages/verify/test/support/upstash.ts'
import { readSnippets, testKey, withServer } from '../../tools/snippets.ts'

const snippets = readSnippets('docs/stores.md').filter(({ kind }) => kind === 'serve')
const minter = createMinter({ keys: testKey, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })

interface Server {
  /** What tells the snippet where the server is. */
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<unknown>
}

/** The servers that snippets need. */
const servers: Readonly<
  Record<string, { readonly absence?: string | undefined; readonly start: () => Promise<Server> }>
> = {
  'store-redis': {
    absence: redisAbsence,
    start: async () => {
      const { url, stop } = await startRedis()
      return { environment: { REDIS_URL: url }, stop }
    },
  },
  'store-upstash': {
    absence: redisAbsence,
    start: async () => {
      const redis = await startRedis()
      const { url, token, stop } = await startUpstash(redis.url)
      const environment = { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token }
      return { environment, stop: () => stop().then(redis.stop) }
    },
  },
  'store-sql': {
    absence: postgresAbsence,
    start: async () => {
      const { url, stop } = await startPostgres()
      const { execute, close } = connectPg(url)
      for (const statement of createUseSchema('postgres')) await execute(statement, [])
      await close()
      return { environment: { DATABASE_URL: url }, stop }
    },
  },
  'store-dynamo': {
    start: async () => {
      const { endpoint, stop } = await startDynamo()
      const credentials = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
      return { environment: { AWS_ENDPOINT_URL_DYNAMODB: endpoint, ...credentials }, stop }
    },
  },
}

test('the page shows stores for one machine, for several, and for the cloud', () => {
  expect(snippets.map(({ name }) => name).sort()).toEqual(['store-lmdb', ...Object.keys(servers)].sort())
})

for (const snippet of snippets) {
  test(`the snippet "${snippet.name}" handles one delivery and its duplicate, and rejects another with 410`, async (context) => {
    const server = servers[snippet.name]
    if (server?.absence !== undefined) return context.skip(server.absence)
    const started = await server?.start()
    context.onTestFinished(async () => void (await started?.stop()))
    for (const [name, value] of Object.entries(started?.environment ?? {})) vi.stubEnv(name, value)
    const { pathname } = new URL(minter.mintSync({ command: '/pay', maxUses: 1 }))
    const statuses = await withServer(snippet, async (origin) => {
      const post = (body: string) => fetch(origin + pathname, { method: 'POST', body })
      return [(await post('a')).status, (await post('a')).status, (await post('b')).status]
    })
    expect(statuses).toEqual([200, 200, 410])
  })
}
