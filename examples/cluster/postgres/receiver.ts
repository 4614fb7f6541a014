import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { hookurl } from '@hookurl/verify/node'
import { sqlUseStore } from '@hookurl/verify/sql'
import { commands } from '../commands.ts'
import { createTables, openPool, transact } from './database.ts'

const pool = openPool()
await createTables(pool)

const server = createServer(
  hookurl({
    keys: process.env.HOOKURL_KEYS,
    commands,
    // A short lease frees the use soon if this process is killed before it is committed.
    uses: {
      store: sqlUseStore((sql, values) => pool.query(sql, values), { dialect: 'postgres' }),
      lease: '2s',
      maxLease: '10s',
    },
    handlers: {
      '/credit': async (hook) => {
        await transact(pool, async (tx) => {
          // The use and the credit are committed together, or neither is.
          const isCounted = await hook.commitUse((sql, values) => tx.query(sql, values))
          if (!isCounted) throw new Error('a URL without maxUses would be credited again by a retry')
          const credit = [hook.userId, hook.content.points, hook.payload.order]
          await tx.query('INSERT INTO ledger (user_id, points, order_id) VALUES ($1, $2, $3)', credit)
          await sleep(20) // simulates more statements
        })
        await sleep(20) // simulates what is left to do before the response
      },
    },
  }),
)
const port = Number(process.env.PORT ?? 8787)
server.listen(port, () => console.log(`receiver on port ${port}`))

process.once('SIGTERM', () => server.close(() => void pool.end()))
