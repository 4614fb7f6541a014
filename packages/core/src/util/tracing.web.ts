import { inactiveTracer, type TraceEvent, type Tracer } from './tracer.ts'

/** Browsers and other runtimes have no tracing channels. */
export function createTracer<E extends TraceEvent>(_name: string): Tracer<E> {
  return inactiveTracer
}
