// `npm run test:sweeps [-- --hooks 1000000 --dialect postgres]`: a million hooks that live for a few seconds, in a SQL
// database. Prints the size of the table, and exits with 1 if expired rows pile up.
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { createUseSchema, sqlUseStore } from '@hookurl/verify/sql'
import { parseSqlResult } from '../../packages/verify/src/uses/sql-executor.ts'
import { startMariadb, startPostgres } from '../../packages/verify/test/support/sql-servers.ts'
import { connectMysql2, connectPg } from '../../packages/verify/test/support/sql-stores.ts'

const { values } = parseArgs({
  options: { hooks: { type: 'string', default: '1000000' }, dialect: { type: 'string', default: 'postgres' } },
})
const hooks = Number(values.hooks)
const { dialect } = values
if (!Number.isSafeInteger(hooks) || hooks < 1 || (dialect !== 'postgres' && dialect !== 'mysql')) {
  console.error('--hooks must be an integer of at least 1, and --dialect postgres or mysql')
  process.exit(2)
}

const inFlight = 32
const lifetimeMs = 5000
const points = 20
const server = await (dialect === 'postgres' ? startPostgres() : startMariadb())
const { execute, close } = dialect === 'postgres' ? connectPg(server.url) : connectMysql2(server.url)
let hasFallenBehind = false
try {
  for (const statement of createUseSchema(dialect)) await execute(statement, [])
  const store = sqlUseStore(execute, { dialect })
  const queue = Array.from({ length: hooks }, (_, index) => index).values()
  const begin = performance.now()
  const work = async (): Promise<void> => {
    for (const index of queue) {
      await useOnce(store)
      if ((index + 1) % Math.ceil(hooks / points) === 0) await print(index + 1)
    }
  }
  const print = async (done: number): Promise<void> => {
    const rows = await count('SELECT count(*) AS n FROM hookurl_uses')
    const expired = await count(`SELECT count(*) AS n FROM hookurl_uses WHERE expires_at <= ${Date.now()}`)
    const size = dialect === 'postgres' ? await count("SELECT pg_total_relation_size('hookurl_uses') AS n") : Number.NaN
    const perSecond = done / ((performance.now() - begin) / 1000)
    // The rows that are not expired depend on how many hooks the machine handles in their lifetime.
    if (expired > (perSecond * lifetimeMs) / 1000) hasFallenBehind = true
    console.log(
      `${String(done).padStart(8)} hooks, ${perSecond.toFixed(0).padStart(5)}/s: ${String(rows).padStart(6)} rows, ` +
        `${String(expired).padStart(5)} of them expired, ${(size / 1e6).toFixed(1)} MB`,
    )
  }
  await Promise.all(Array.from({ length: inFlight }, work))
} finally {
  await close()
  await server.stop()
}
console.log(hasFallenBehind ? 'expired rows pile up' : 'the table stays flat')
process.exitCode = hasFallenBehind ? 1 : 0

async function useOnce(store: ReturnType<typeof sqlUseStore>): Promise<void> {
  const [id, owner] = [randomUUID(), randomUUID()]
  const expiresAt = new Date(Date.now() + lifetimeMs)
  const request = { id, maxUses: 1, owner, leaseMs: 1000, expiresAt, deliveryId: 'fp:1', duplicateMs: 1000 }
  const { result } = await store.reserve(request)
  if (result !== 'reserved' || !(await store.commit(id, owner, 'fp:1'))) throw new Error('a use was lost')
}

async function count(sql: string): Promise<number> {
  return Number(parseSqlResult(await execute(sql, [])).rows[0]?.n)
}
