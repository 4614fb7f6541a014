import { AsyncLocalStorage } from 'node:async_hooks'
import { type ErrorCode, type Hook, HookurlError, isHookurlError } from '@hookurl/core'
import type { ResultEvent, UseStore } from '@hookurl/verify'
import { createGuard, type IncomingRequest, type ReceiveResult } from '@hookurl/verify/internal'
import { createContentReader } from '../keys/content-reader.ts'
import { encodeHook, MAX_HOOK_HEADER_LENGTH } from '../listen/hook-header.ts'
import { createResultStore, createTimeoutError, limitStoreTime } from './stores.ts'

export interface GuardsOptions {
  readonly keys: string
  readonly purpose: string
  /** The commands that pass; `'*'` alone for any. */
  readonly commands: readonly string[]
  /** If `undefined`, URLs with `maxUses` are rejected. */
  readonly store: UseStore | undefined
  /** How long verifying a request may take until its use is committed, in milliseconds. */
  readonly timeoutMs: number
  /** Receives what the operator has to fix. */
  onError(error: unknown): void
}

/** A request on its way through a guard. */
export interface Passage {
  readonly received: Promise<ReceiveResult>
  /** Ends the time of the request, unless the commit of its use is under way. Returns whether it did. */
  endTime(): boolean
  /** The result, once it is known. */
  event(): ResultEvent | undefined
  /** The header for the application, once the request is authorized. */
  hookHeader(): string | undefined
  /** Reads the signed content, with the literals of its numbers, once. */
  readContent(): Promise<unknown>
}

/** The two guards of a gate. */
export interface Guards {
  /** Verifies a request. A use is committed before the request is authorized. */
  verify(request: IncomingRequest): Passage
  /** Creates the response to a request that was not passed on, with its result. Reserves nothing. */
  respond(request: IncomingRequest, result: string | undefined): Passage
  close(): void
}

const loggedCodes: ReadonlySet<ErrorCode> = new Set(['store_unavailable', 'not_configured'])

/** The request that a callback of a guard is called for. */
interface CurrentRequest {
  readContent(): Promise<unknown>
  /** When its time is over, on the monotonic clock. */
  deadline: number
  isCommitting: boolean
  readonly result: string | undefined
  event: ResultEvent | undefined
  hookHeader: string | undefined
}

/**
 * Creates the guards of a gate.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export function createGuards({ keys, purpose, commands, store, timeoutMs, onError }: GuardsOptions): Guards {
  const requests = new AsyncLocalStorage<CurrentRequest>()
  const readContentOf = createContentReader({ keys, purpose })
  const [first = '', ...others] = commands

  function getCurrent(): CurrentRequest {
    const current = requests.getStore()
    if (current === undefined) throw new Error('a guard was called outside of a request')
    return current
  }

  async function authorize(hook: Hook): Promise<void> {
    const current = getCurrent()
    const header = encodeHook(hook, await current.readContent())
    if (header.length > MAX_HOOK_HEADER_LENGTH) {
      throw new HookurlError('denied', {
        message: `the hook is too long for a header: ${header.length} characters, at most ${MAX_HOOK_HEADER_LENGTH} are allowed`,
        fix: 'Mint the URL with less content.',
      })
    }
    current.hookHeader = header
  }

  function onResult(event: ResultEvent): void {
    const current = getCurrent()
    const isLate = current.result === 'store_unavailable' && event.outcome === 'handled'
    current.event = isLate ? toRejected(event, createTimeoutError(timeoutMs)) : event
  }

  // The log of the request contains the others.
  function reportError(error: unknown): void {
    if (!isHookurlError(error) || !loggedCodes.has(error.code)) onError(error)
  }

  const common = { keys, purpose, command: others.length === 0 ? first : commands, authorize, onResult }
  const getTimeLeft = (): number => getCurrent().deadline - performance.now()
  const onCommit = (): void => {
    getCurrent().isCommitting = true
  }
  const limitedStore = store && limitStoreTime(store, { timeoutMs, getTimeLeft, onCommit })
  const verifier = createGuard({ ...common, uses: limitedStore && atMostOnce(limitedStore), onError: reportError })
  const resultStore = store && createResultStore(() => getCurrent().result, timeoutMs)
  // The verifier has already reported the errors of this request.
  const responder = createGuard({ ...common, uses: resultStore && atMostOnce(resultStore), onError: () => {} })

  function run(guard: typeof verifier, request: IncomingRequest, result?: string): Passage {
    const deadline = performance.now() + timeoutMs
    let content: Promise<unknown> | undefined
    const readContent = (): Promise<unknown> => {
      content ??= readContentOf(request.target)
      return content
    }
    const current: CurrentRequest = {
      readContent,
      deadline,
      isCommitting: false,
      result,
      event: undefined,
      hookHeader: undefined,
    }
    function endTime(): boolean {
      if (current.isCommitting) return false
      // Timers may be early: nothing may begin from now on.
      current.deadline = Number.NEGATIVE_INFINITY
      return true
    }
    return {
      endTime,
      received: requests
        .run(current, () => guard.receive(request))
        .then((result) =>
          result.kind === 'authorized'
            ? { ...result, end: (ending) => requests.run(current, result.end, ending) }
            : result,
        ),
      event: () => current.event,
      hookHeader: () => current.hookHeader,
      readContent,
    }
  }

  return {
    verify: (request) => run(verifier, request),
    respond: (request, result) => run(responder, request, result),
    // A storage that was used slows down every promise of the process.
    close: () => requests.disable(),
  }
}

function toRejected(event: ResultEvent, error: HookurlError): ResultEvent {
  return Object.defineProperty({ ...event, outcome: 'rejected', error }, 'hook', { value: event.hook })
}

function atMostOnce(store: UseStore): { store: UseStore; mode: 'at-most-once' } {
  return { store, mode: 'at-most-once' }
}
