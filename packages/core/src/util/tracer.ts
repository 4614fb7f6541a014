import { type ErrorCode, HookurlError, isHookurlError } from '../errors.ts'

/** What is published about one call: created when it starts, completed when it ends. */
export interface TraceEvent {
  /** The code of the error. */
  code?: ErrorCode
  /** From the start to the end, in milliseconds. */
  durationMs?: number
  /** The error, without its hook and its cause. */
  error?: Error
}

/** Publishes calls on a tracing channel, as Node's `traceSync` and `tracePromise` do, but without their results. */
export interface Tracer<E extends TraceEvent> {
  /** Whether anyone subscribes. Otherwise, no event should be created. */
  isActive(): boolean
  traceSync<T>(event: E, run: () => T): T
  /** `settle` may call `finish` later than the promise is fulfilled. */
  tracePromise<T>(event: E, run: () => Promise<T>, settle?: (result: T, finish: () => void) => T): Promise<T>
}

/** The tracer of a runtime without tracing channels. */
export const inactiveTracer: Tracer<TraceEvent> = {
  isActive: () => false,
  traceSync: (_event, run) => run(),
  tracePromise: (_event, run) => run(),
}

/** Copies an error without what it may contain of a token, a key or content: its hook, its cause, an unknown message. */
export function toPublicError(error: unknown): Error {
  if (!isHookurlError(error)) return new Error('an unexpected error')
  const { code, message, fix } = error
  return new HookurlError(code, { message, fix })
}
