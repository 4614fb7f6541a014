// A Worker with use stores, whose functions the tests call over HTTP: POST /durable or /d1 with [function, ...arguments].
import { isHookurlError } from '@hookurl/core'
import type { UseStore } from '@hookurl/verify'
import {
  type DurableObjectNamespaceLike,
  type DurableObjectStateLike,
  durableUseStore,
  HookurlUses,
} from '@hookurl/verify/durable'
import { createUseSchema, sqlUseStore } from '@hookurl/verify/sql'

/** What the Worker uses of a D1 database. */
interface Database {
  prepare(sql: string): { bind(...values: unknown[]): { all(): Promise<unknown> } }
}

interface Env {
  readonly USES: DurableObjectNamespaceLike
  readonly DB: Database
}

interface State extends DurableObjectStateLike {
  readonly storage: DurableObjectStateLike['storage'] & { list(): Promise<ReadonlyMap<string, unknown>> }
}

/** The class of hookurl, which also returns the keys of its storage. */
export class TestUses extends HookurlUses {
  readonly #state: State

  constructor(state: State) {
    super(state)
    this.#state = state
  }

  override async fetch(request: Request): Promise<Response> {
    if (request.method === 'POST') return super.fetch(request)
    const { storage } = this.#state
    return Response.json({ keys: [...(await storage.list()).keys()], alarm: await storage.getAlarm() })
  }
}

const stores: Readonly<Record<string, (env: Env) => UseStore>> = {
  '/durable': ({ USES }) => durableUseStore(USES),
  '/d1': ({ DB }) =>
    sqlUseStore(
      (sql, values) =>
        DB.prepare(sql)
          .bind(...values)
          .all(),
      { dialect: 'sqlite' },
    ),
}

async function callStore(store: UseStore, body: string): Promise<unknown> {
  const [name, ...args] = JSON.parse(body, (key, value) => (key === 'expiresAt' ? new Date(value) : value))
  // JSON has no undefined.
  return Reflect.apply(
    store[name as 'reserve'],
    store,
    args.map((arg: unknown) => arg ?? undefined),
  )
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/schema') {
      for (const statement of createUseSchema('sqlite')) await env.DB.prepare(statement).bind().all()
      return Response.json(null)
    }
    if (pathname === '/storage') {
      const stub = env.USES.get(env.USES.idFromName(searchParams.get('id') ?? ''))
      return Response.json(
        await (await stub.fetch('https://object/', { method: 'GET', body: undefined as never })).json(),
      )
    }
    try {
      const store = stores[pathname]?.(env) as UseStore
      return Response.json((await callStore(store, await request.text())) ?? null)
    } catch (error) {
      return Response.json(isHookurlError(error) ? { ...error, message: error.message } : String(error), {
        status: 500,
      })
    }
  },
}
