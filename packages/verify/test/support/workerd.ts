import { fileURLToPath } from 'node:url'
import { type ErrorCode, HookurlError } from '@hookurl/core'
import type { UseStore } from '@hookurl/verify'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

/** Stores in a Worker, in workerd. */
export interface StoreWorker {
  readonly durable: UseStore
  readonly d1: UseStore
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
    if (!response.ok) throw toError(result)
    return result
  }

  const toStore = (path: string): UseStore => {
    const call = (...call: unknown[]): Promise<unknown> => request(path, { method: 'POST', body: JSON.stringify(call) })
    return {
      reserve: (request) => call('reserve', request) as ReturnType<UseStore['reserve']>,
      renew: (...lease) => call('renew', ...lease) as Promise<boolean>,
      commit: (...use) => call('commit', ...use) as Promise<boolean>,
      release: async (...use) => void (await call('release', ...use)),
    }
  }

  await request('/schema')
  return {
    durable: toStore('/durable'),
    d1: toStore('/d1'),
    readStorage: (id) => request(`/storage?id=${id}`) as ReturnType<StoreWorker['readStorage']>,
    stop: () => worker.dispose(),
  }
}

function toError(result: unknown): Error {
  if (typeof result !== 'object' || result === null) return new Error(String(result))
  const { code, ...details } = result as { code: ErrorCode; message: string }
  return new HookurlError(code, details)
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
