import {
  type AnyCommands,
  type CommandDefinitions,
  createMinter,
  type Duration,
  type Minter,
  type MinterOptions,
} from '@hookurl/core'
import {
  assertOptions,
  createKeyringLoader,
  encodeBytes,
  invalidOption,
  type LocateResult,
  locateToken,
  type OpenedToken,
  openToken,
  parseDuration,
  resolveClock,
} from '@hookurl/core/internal'
import { createHandlerRejection } from '../receive/handler-rejection.ts'
import { createErrorLogger, safeCall } from '../receive/log-error.ts'
import type { ReceivedHook, ReceiverOptions } from '../receive/options.ts'
import { getUseId } from '../uses/use-id.ts'
import { callStore, storeError, storeRejection } from './call-store.ts'
import { createLazyPromise } from './lazy-promise.ts'
import { createSettlementCodec, type Delivery } from './settlement.ts'
import type { WaitStore } from './store.ts'
import { selectHeaders } from './stored-headers.ts'
import { createWaitUseStore } from './use-store.ts'
import type { OpenOptions, ReceivedCallback, Wait, Waiter, WaiterOptions, Webhook, WebhookOptions } from './waiter.ts'
import { createWatcher, KEPT_AFTER_MS, type Watch } from './watcher.ts'
import { toNotification } from './webhook.ts'

const waiterNames: ReadonlySet<string> = new Set([
  'keys',
  'baseUrl',
  'waits',
  'expiresIn',
  'purpose',
  'commands',
  'redirectHosts',
  'tokenIn',
  'tokenFormat',
  'maxUrlLength',
  'allowInsecure',
  'pollInterval',
  'onError',
  'now',
])
const openNames: ReadonlySet<string> = new Set([
  'command',
  'userId',
  'content',
  'redirectTo',
  'allowGet',
  'expiresIn',
  'expiresAt',
  'notBefore',
  'issuedAt',
  'encrypt',
  'state',
  'requireSignature',
  'requireUser',
  'signal',
])
const storeMethods = ['create', 'settle', 'read'] as const
const idPattern = /^[A-Za-z0-9_-]{1,64}$/
const MIN_POLL_MS = 50
const MAX_POLL_MS = 3_600_000

/**
 * Creates a waiter, which mints URLs and waits for their calls. All options are checked immediately.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const waiter = createWaiter({ keys, baseUrl: 'https://bot.example.com/waits', waits: memoryWaitStore() })
 * app.use('/waits', hookurl(waiter.receiver))
 * const { url, received } = await waiter.open({ command: '/onResult', expiresIn: '15m' })
 * const { payload } = await received
 */
export function createWaiter<const D extends CommandDefinitions = AnyCommands>(options: WaiterOptions<D>): Waiter<D> {
  assertOptions(options, waiterNames, 'createWaiter')
  const { waits, pollInterval = '500ms', onError = createErrorLogger(), ...minterOptions } = options
  const { keys, commands, redirectHosts, purpose = 'wait', expiresIn = '1h' } = minterOptions
  assertStore(waits)
  assertFunction(onError, 'onError')
  const now = resolveClock(options.now)
  const minter: Minter = createMinter({ ...minterOptions, purpose, expiresIn } as MinterOptions)
  const loadKeyring = createKeyringLoader(keys, purpose)
  const codec = createSettlementCodec(loadKeyring)
  const pollIntervalMs = parsePollInterval(pollInterval)
  const reportError = (error: unknown): void => safeCall(() => onError(error))
  const watcher = createWatcher({ waits, codec, pollIntervalMs, now, onError: reportError })

  async function open(given: OpenOptions): Promise<Wait> {
    assertOptions(given, openNames, 'open')
    const { signal, ...fields } = given
    signal?.throwIfAborted()
    const id = encodeBytes(crypto.getRandomValues(new Uint8Array(16)))
    const url = await minter.mint({ ...fields, id, maxUses: 1 })
    const expiresAt = await readExpiry(url)
    const waitId = getUseId(purpose, id)
    await createInStore(waitId, expiresAt)
    const watch = signal === undefined ? undefined : await watchUntilAborted(signal, waitId, expiresAt)
    const received = createLazyPromise(() => (watch ?? watcher.watch(waitId, expiresAt)).wait())
    return { url, id, expiresAt: new Date(expiresAt), received }
  }

  // A token with `maxUses` has an expiration time.
  async function readExpiry(url: string): Promise<number> {
    const { segments } = locateToken(url) as Extract<LocateResult, { kind: 'valid' }>
    const { claims } = (await openToken(await loadKeyring(), segments)) as OpenedToken
    return (claims.exp as number) * 1000
  }

  async function createInStore(waitId: string, expiresAt: number): Promise<void> {
    try {
      await callStore(() => waits.create(waitId, new Date(expiresAt + KEPT_AFTER_MS)))
    } catch (cause) {
      throw storeError(cause)
    }
  }

  // A wait that can be aborted is watched, so that a signal that outlives it does not keep it in memory.
  async function watchUntilAborted(signal: AbortSignal, waitId: string, expiresAt: number): Promise<Watch> {
    const watch = watcher.watch(waitId, expiresAt)
    const abort = (): Promise<void> => watch.abort(signal.reason)
    if (signal.aborted) {
      await abort()
      throw signal.reason
    }
    signal.addEventListener('abort', abort, { once: true })
    watch.onSettled(() => signal.removeEventListener('abort', abort))
    return watch
  }

  async function handleCall(hook: ReceivedHook): Promise<void> {
    const waitId = getUseId(purpose, hook.id ?? '')
    const delivery = toDelivery(hook, now())
    const value = await codec.encode(waitId, delivery)
    const stored = await settleInStore(waitId, value)
    if (stored === value) return watcher.settle(waitId, delivery)
    const settlement = stored === undefined ? undefined : await codec.decode(waitId, stored)
    if (settlement?.kind !== 'delivered') throw createHandlerRejection({ ok: false, code: 'already_used' })
    // A retry that arrived while its first attempt was being stored.
    if (delivery.deliveryId !== undefined && settlement.deliveryId === delivery.deliveryId) return
    throw createHandlerRejection({ ok: false, code: 'already_used', usedAt: new Date(settlement.at) })
  }

  async function settleInStore(waitId: string, value: string): Promise<string | undefined> {
    try {
      return await callStore(() => waits.settle(waitId, value))
    } catch (cause) {
      throw createHandlerRejection(storeRejection(cause))
    }
  }

  async function waitFor(id: string): Promise<ReceivedCallback> {
    if (typeof id === 'string' && idPattern.test(id)) return watcher.watch(getUseId(purpose, id)).wait()
    throw invalidOption('id must be the id of a wait', 'Pass the id that open returned.')
  }

  async function webhook({ command = '/webhook', ...rest }: WebhookOptions = {}): Promise<Webhook> {
    const { url, received } = await open({ command, ...rest })
    return { url, received: createLazyPromise(() => received.then(toNotification)) }
  }

  const receiver: ReceiverOptions = {
    // A function, so that a logged waiter shows no keys.
    keys: typeof keys === 'function' ? keys : () => keys,
    purpose,
    commands,
    redirectHosts,
    uses: createWaitUseStore(waits, codec, now),
    handlers: { '*': handleCall },
    onError,
    now,
  }
  return {
    receiver,
    open,
    resume: (id: string) => createLazyPromise(() => waitFor(id)),
    webhook,
    signingSecret: minter.signingSecret,
  } as unknown as Waiter<D>
}

function toDelivery(hook: ReceivedHook, at: number): Delivery {
  const { id = '', command, payload, query, headers, deliveryId, actor, signedBy } = hook
  const { choice, comment } = hook as { choice?: string; comment?: string }
  const received = {
    id,
    command,
    payload,
    query,
    headers: new Headers(selectHeaders(headers)),
    receivedAt: new Date(at),
    ...(choice !== undefined && { choice }),
    ...(comment !== undefined && { comment }),
    ...(actor !== undefined && { actor }),
    ...(signedBy !== undefined && { signedBy }),
  }
  return { kind: 'delivered', at, deliveryId, received }
}

function parsePollInterval(value: Duration): number {
  const milliseconds = parseDuration(value, 'pollInterval') * 1000
  if (milliseconds >= MIN_POLL_MS && milliseconds <= MAX_POLL_MS) return milliseconds
  throw invalidOption('pollInterval must be from 50 ms to 1 hour', "Write a duration such as '500ms'.")
}

function assertStore(store: WaitStore): void {
  const isStore =
    typeof store === 'object' && store !== null && storeMethods.every((name) => typeof store[name] === 'function')
  if (isStore) return
  throw invalidOption(
    'waits needs a store with create, settle and read',
    'Pass a wait store, such as redisWaitStore(client).',
  )
}

function assertFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw invalidOption(`${name} must be a function`, 'Pass a function.')
}
