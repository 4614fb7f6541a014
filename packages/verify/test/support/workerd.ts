import { fileURLToPath } from 'node:url'
import type { UseStore } from '@hookurl/verify'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import type { StoreTestResult } from './store-worker.ts'

/** Stores in a Worker, in workerd. */
export interface StoreWorker {
  /** The store in Durable Objects, each call of which is a request to the Worker. */
  readonly durable: UseStore
  /** Runs the contract suite in the Worker. */
  runTests(store: 'durable' | 'd1'): Promise<StoreTestResult>
  /** Returns what the object of a hook has stored. */
  readStorage(id: string): Promise<{ keys: string[]; alarm: number | null }>
  stop(): Promise<void>
}

let script: Promise<string> | undefined

/** Starts workerd, which keeps its data in a folder. */
export async function startStoreWorker(folder: string): Promise<StoreWorker> {
  script ??= bundle()
  const worker = new Miniflare({
    modules: true,
    script: await script,
    compatibilityDate: '2026-01-01',
    durableObjects: { USES: { className: 'TestUses', useSQLite: true } },
    durableObjectsPersist: folder,
    d1Databases: ['DB'],
    d1Persist: folder,
  })
  const origin = await worker.ready

  async function request(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(new URL(path, origin), init)
    const result: unknown = await response.json()
    if (!response.ok) throw new Error(String(result))
    return result
  }

  const createDurable = (): UseStore => {
    const call = (...call: unknown[]): Promise<unknown> =>
      request('/durable', { method: 'POST', body: JSON.stringify(call) })
    return {
      reserve: (request) => call('reserve', request) as ReturnType<UseStore['reserve']>,
      renew: (...lease) => call('renew', ...lease) as Promise<boolean>,
      commit: (...use) => call('commit', ...use) as Promise<boolean>,
      release: async (...use) => void (await call('release', ...use)),
    }
  }

  await request('/schema')
  return {
    durable: createDurable(),
    runTests: (store) => request(`/${store}`) as Promise<StoreTestResult>,
    readStorage: (id) => request(`/storage?id=${id}`) as ReturnType<StoreWorker['readStorage']>,
    stop: () => worker.dispose(),
  }
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('store-worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    conditions: ['@hookurl/source', 'workerd', 'worker', 'browser'],
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
