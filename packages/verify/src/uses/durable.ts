import { invalidOption } from '@hookurl/core/internal'
import { changeRow, type RecordChange } from './cas.ts'
import { commitIn, isRemovable, releaseIn, renewIn, reserveIn, type UseRecord } from './record.ts'
import { formatRecord, parseRecord } from './record-text.ts'
import type { ReserveRequest, ReserveResult, UseStore } from './store.ts'

/** What hookurl uses of a `DurableObjectNamespace`, the binding of a Worker to its Durable Objects. */
export interface DurableObjectNamespaceLike {
  idFromName(name: string): unknown
  get(id: unknown): DurableObjectStubLike
}

/** What hookurl uses of a `DurableObjectStub`. */
export interface DurableObjectStubLike {
  fetch(
    url: string,
    init: { method: string; body: string },
  ): Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>
}

/** What hookurl uses of a `DurableObjectState`. */
export interface DurableObjectStateLike {
  readonly storage: DurableObjectStorageLike
}

/** What hookurl uses of a `DurableObjectStorage`. */
export interface DurableObjectStorageLike {
  get(key: string): Promise<unknown>
  put(key: string, value: string): Promise<void>
  deleteAll(): Promise<void>
  getAlarm(): Promise<number | null>
  setAlarm(time: number): Promise<void>
}

/** A call of a store, as it is sent to the object of its hook. */
type UseCall =
  | ({ readonly name: 'reserve'; readonly expiresAt: number } & Omit<ReserveRequest, 'id' | 'expiresAt'>)
  | { readonly name: 'renew'; readonly owner: string; readonly leaseMs: number }
  | { readonly name: 'commit'; readonly owner: string; readonly deliveryId: string | undefined }
  | { readonly name: 'release'; readonly owner: string }

// Requests to an object never leave Cloudflare, whatever their host is.
const OBJECT_URL = 'https://hookurl.invalid/'
const RECORD_KEY = 'record'
// Alarms after the year 2189 are not supported. One that is too early is set again.
const MAX_ALARM_MS = 365 * 86_400_000

/**
 * Creates a use store in Cloudflare Durable Objects, one for each hook. Export {@link HookurlUses} from your Worker, bind
 * it and list it in a migration. Leases and records use the clock of the object.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * import { env } from 'cloudflare:workers'
 * export { HookurlUses } from '@hookurl/verify/durable'
 * export default { fetch: hookurl({ keys, handlers, uses: durableUseStore(env.USES) }) }
 */
export function durableUseStore(namespace: DurableObjectNamespaceLike): UseStore {
  if (typeof namespace?.idFromName !== 'function' || typeof namespace.get !== 'function') {
    throw invalidOption(
      'durableUseStore needs the binding of a Durable Object class',
      'Pass env.USES, and bind USES to the class HookurlUses in wrangler.toml.',
    )
  }

  async function send(id: string, call: UseCall): Promise<unknown> {
    const stub = namespace.get(namespace.idFromName(id))
    const response = await stub.fetch(OBJECT_URL, { method: 'POST', body: JSON.stringify(call) })
    if (!response.ok)
      throw new TypeError(
        `the Durable Object responded with ${response.status}; check that the binding uses the class HookurlUses`,
      )
    return response.json()
  }

  async function sendWithRetry(id: string, call: UseCall): Promise<unknown> {
    try {
      return await send(id, call)
    } catch (error) {
      if (!isRetryable(error)) throw error
      return send(id, call)
    }
  }

  return {
    reserve: async ({ id, expiresAt, ...request }) =>
      (await sendWithRetry(id, { name: 'reserve', ...request, expiresAt: expiresAt.getTime() })) as ReserveResult,
    renew: async (id, owner, leaseMs) => (await sendWithRetry(id, { name: 'renew', owner, leaseMs })) === true,
    commit: async (id, owner, deliveryId) => (await sendWithRetry(id, { name: 'commit', owner, deliveryId })) === true,
    release: async (id, owner) => void (await sendWithRetry(id, { name: 'release', owner })),
  }
}

/** The class of the Durable Objects, each of which counts the uses of one hook and deletes itself when its URL expires. */
export class HookurlUses {
  /** Marks the class for the types of Cloudflare, as `DurableObject` does. */
  declare readonly __DURABLE_OBJECT_BRAND: never
  readonly #storage: DurableObjectStorageLike

  constructor(state: DurableObjectStateLike) {
    this.#storage = state.storage
  }

  /** Handles a call of the store. */
  async fetch(request: Request): Promise<Response> {
    const call = (await request.json()) as UseCall
    return Response.json(await this.#update(toChange(call)))
  }

  /** Deletes the record when it has expired. */
  async alarm(): Promise<void> {
    const text = await this.#storage.get(RECORD_KEY)
    if (typeof text !== 'string') return
    const record = parseRecord(text)
    const now = Date.now()
    if (isRemovable(record, { now, monotonic: now })) await this.#storage.deleteAll()
    else await this.#setAlarm(record)
  }

  // While an object reads its storage, it handles no other request, so no other call runs between `get` and `put`. The
  // response is sent once everything is written.
  async #update<T>(change: RecordChange<T>): Promise<T> {
    const text = await this.#storage.get(RECORD_KEY)
    const { result, record } = changeRow(typeof text === 'string' ? { record: text } : undefined, change, Date.now)
    if (record === undefined) return result
    await this.#storage.put(RECORD_KEY, formatRecord(record))
    if ((await this.#storage.getAlarm()) === null) await this.#setAlarm(record)
    return result
  }

  #setAlarm({ expiresAt }: UseRecord): Promise<void> {
    return this.#storage.setAlarm(Math.min(expiresAt, Date.now() + MAX_ALARM_MS))
  }
}

function toChange(call: UseCall): RecordChange<ReserveResult | boolean | null> {
  switch (call.name) {
    case 'reserve': {
      const request: ReserveRequest = { ...call, id: '', expiresAt: new Date(call.expiresAt) }
      return (record, time) => reserveIn(record, request, time)
    }
    case 'renew':
      return (record, time) => renewIn(record, call, time)
    case 'commit':
      return (record, time) => commitIn(record, call, time)
    case 'release':
      return (record) => ({ ...releaseIn(record, call.owner), result: null })
  }
}

// An object that moves or is updated fails the calls that it had received. Each may be repeated, since its owner's second
// call changes nothing.
function isRetryable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  return Reflect.get(error, 'retryable') === true && Reflect.get(error, 'overloaded') !== true
}
