import { isHookurlError } from '../errors.ts'
import { type TraceEvent, type Tracer, toPublicError } from './tracer.ts'

/** The parts of a channel of `node:diagnostics_channel` that hookurl uses. */
interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
  /** Calls a function in the context of the stores that are bound to the channel. */
  runStores<T>(message: unknown, run: () => T): T
}

/** A tracing channel: the channels `tracing:NAME:start`, `end`, `asyncStart`, `asyncEnd` and `error`. */
export interface TracingChannel {
  readonly start: Channel
  readonly end: Channel
  readonly asyncStart: Channel
  readonly asyncEnd: Channel
  readonly error: Channel
}

/** Creates a tracer for a channel. */
export function createChannelTracer<E extends TraceEvent>(channel: TracingChannel): Tracer<E> {
  const { start, end, asyncStart, asyncEnd, error } = channel

  function fail(event: E, thrown: unknown): void {
    if (isHookurlError(thrown)) event.code = thrown.code
    event.error = toPublicError(thrown)
  }

  return {
    isActive: () =>
      start.hasSubscribers ||
      end.hasSubscribers ||
      asyncStart.hasSubscribers ||
      asyncEnd.hasSubscribers ||
      error.hasSubscribers,
    traceSync: (event, run) =>
      start.runStores(event, () => {
        const startedAt = performance.now()
        try {
          return run()
        } catch (thrown) {
          fail(event, thrown)
          throw thrown
        } finally {
          event.durationMs = performance.now() - startedAt
          if (event.error !== undefined) error.publish(event)
          end.publish(event)
        }
      }),
    tracePromise: (event, run, settle = finishNow) =>
      start.runStores(event, () => {
        const startedAt = performance.now()
        const finish = (): void => {
          event.durationMs = performance.now() - startedAt
          if (event.error !== undefined) error.publish(event)
          asyncStart.publish(event)
          asyncEnd.publish(event)
        }
        const settled = run().then(
          (result) => settle(result, finish),
          (thrown) => {
            fail(event, thrown)
            finish()
            throw thrown
          },
        )
        end.publish(event)
        return settled
      }),
  }
}

function finishNow<T>(result: T, finish: () => void): T {
  finish()
  return result
}
