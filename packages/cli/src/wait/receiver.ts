import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { finished } from 'node:stream'
import { createReceiver, type ReceivedHook, type ResultEvent } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import { createWaiter, memoryWaitStore, type Waiter } from '@hookurl/verify/wait'
import { type RunningServer, serve } from '../http/server.ts'
import type { Output } from '../io/output.ts'
import { toErrorReport } from '../io/report-error.ts'
import { createContentReader } from '../keys/content-reader.ts'
import type { Settings } from '../keys/load.ts'
import { getEnding } from '../listen/ending.ts'
import { getReceivedHook, type RequestLogEntry, toJsonPayload } from '../listen/request-log.ts'
import { getLifetime, type WaitFlags } from './flags.ts'

/** A waiter, and the server that receives its calls. */
export interface WaitReceiver {
  readonly waiter: Waiter
  readonly server: RunningServer
  /** Stops the server, and resolves when everything is logged. */
  stop(): Promise<void>
}

/** The flags that configure the receiver. */
export type WaitReceiverFlags = Pick<WaitFlags, 'port' | 'host' | 'maxBodySize' | 'redirectHost' | 'expiresIn'> &
  Pick<WaitFlags, 'tokenFormat' | 'tokenIn'>

interface WaitReceiverOptions {
  readonly flags: WaitReceiverFlags
  readonly settings: Settings
  readonly output: Output
  /** Is called with the call of each URL, once the waiter has stored it. Its caller gets no response before this resolves. */
  onDelivery(hook: ReceivedHook): Promise<void>
  /** Prints a request that has ended. */
  printEntry(entry: RequestLogEntry): void
}

/** The request that a callback of the receiver is called for. */
interface CurrentRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly time: Date
  /** When it arrived, on the monotonic clock. */
  readonly startedAt: number
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Starts the server of `wait`.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export async function startWaitReceiver(options: WaitReceiverOptions): Promise<WaitReceiver> {
  const { flags, output } = options
  const requests = new AsyncLocalStorage<CurrentRequest>()
  const log = createLog(options)
  // The base URL contains the port, so the handler is created once the server listens.
  let handle: Handler = async () => {}
  const server = await serve((request, response) => {
    const current = { request, response, time: new Date(), startedAt: performance.now() }
    log.add(requests.run(current, () => handle(request, response)))
  }, flags)

  function onResult(event: ResultEvent): void {
    const current = requests.getStore()
    if (current !== undefined) log.addResult(event, current)
  }

  async function stop(): Promise<void> {
    await server.stop()
    await log.complete()
    // A storage that was used slows down every promise of the process.
    requests.disable()
  }

  try {
    const waiter = createCommandWaiter(options, server)
    const store = waiter.receiver.handlers?.['*'] as (hook: ReceivedHook) => Promise<void>
    const deliveries = new Map<string | undefined, Promise<void>>()
    handle = hookurl(
      createReceiver({
        ...waiter.receiver,
        maxBodySize: flags.maxBodySize,
        handlers: {
          '*': async (hook: ReceivedHook) => {
            await store(hook)
            const delivery = deliveries.get(hook.id) ?? options.onDelivery(hook)
            deliveries.set(hook.id, delivery)
            await delivery
          },
        },
        onResult,
        onError: (error) => output.note(toErrorReport(error, 'wait').message),
      }),
    )
    return { waiter, server, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function createCommandWaiter({ flags, settings }: WaitReceiverOptions, { port }: RunningServer): Waiter {
  const { keys, baseUrl, insecure } = settings
  return createWaiter({
    ...insecure,
    keys,
    purpose: getPurpose(settings),
    baseUrl: baseUrl ?? `http://${getLocalHost(flags.host)}:${port}/waits`,
    waits: memoryWaitStore(),
    expiresIn: getLifetime(flags),
    redirectHosts: flags.redirectHost,
    tokenFormat: flags.tokenFormat,
    tokenIn: flags.tokenIn,
  })
}

// URLs of a wait are not valid at the other receivers of an application.
function getPurpose({ purpose }: Settings): string {
  return purpose === '' ? 'wait' : purpose
}

// An address that means every address of this machine is none to call.
function getLocalHost(host: string): string {
  if (/^(?:127\.0\.0\.1|0\.0\.0\.0|::)$/.test(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

interface Log {
  /** Adds work that has to be done before the program ends. */
  add(work: Promise<void>): void
  addResult(event: ResultEvent, current: CurrentRequest): void
  complete(): Promise<void>
}

function createLog({ settings, printEntry }: WaitReceiverOptions): Log {
  const pending = new Set<Promise<void>>()
  const readContent = createContentReader({ keys: settings.keys, purpose: getPurpose(settings) })

  function add(work: Promise<void>): void {
    pending.add(work)
    void work.finally(() => pending.delete(work))
  }

  async function write(event: ResultEvent, current: CurrentRequest): Promise<void> {
    const received = getReceivedHook(event)
    const payload = received === undefined ? undefined : await toJsonPayload(received, 'summary')
    const content = await readContent(current.request.url ?? '')
    printEntry({ event, content, payload, ...getEnding(event, current) })
  }

  return {
    add,
    addResult: (event, current) => {
      // `finished` also calls back if the client has disconnected.
      const ended = new Promise<void>((resolve) => finished(current.response, () => resolve()))
      add(ended.then(() => write(event, current)))
    },
    complete: async () => {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}
