// A Worker with use stores: GET /durable or /d1 runs the contract suite on one, and POST with [function, ...arguments]
// calls a function of it.
import type { UseStore } from '@hookurl/verify'
import {
  type DurableObjectNamespaceLike,
  type DurableObjectStateLike,
  durableUseStore,
  HookurlUses,
} from '@hookurl/verify/durable'
import { createUseSchema, sqlUseStore } from '@hookurl/verify/sql'
import { createStoreTests } from '@hookurl/verify/store-tests'

/** What the Worker uses of a D1 database. */
interface Database {
  prepare(sql: string): { bind(...values: unknown[]): { all(): Promise<unknown> } }
}

/** The names of the tests of the contract suite, by their result. */
export interface StoreTestResult {
  readonly passed: string[]
  readonly failed: string[]
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

async function runTests(store: UseStore): Promise<StoreTestResult> {
  const result: StoreTestResult = { passed: [], failed: [] }
  // workerd may have to wait for a busy machine.
  for (const { name, run } of createStoreTests(() => store, { leaseMs: 1000 })) {
    await run().then(
      () => result.passed.push(name),
      (error) => result.failed.push(`${name}: ${error}`),
    )
  }
  return result
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
      const stub: unknown = env.USES.get(env.USES.idFromName(searchParams.get('id') ?? ''))
      return (stub as typeof globalThis).fetch(request.url)
    }
    try {
      const store = stores[pathname]?.(env) as UseStore
      if (request.method === 'GET') return Response.json(await runTests(store))
      return Response.json((await callStore(store, await request.text())) ?? null)
    } catch (error) {
      return Response.json(String(error), { status: 500 })
    }
  },
}
