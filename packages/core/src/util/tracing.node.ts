import diagnostics from 'node:diagnostics_channel'
import { createChannelTracer, type TracingChannel } from './channel-tracer.ts'
import { inactiveTracer, type TraceEvent, type Tracer } from './tracer.ts'

/** Creates a tracer for the channel of this name. Older versions of Bun and Deno have no tracing channels. */
export function createTracer<E extends TraceEvent>(name: string): Tracer<E> {
  const channel = (diagnostics as Partial<typeof diagnostics>).tracingChannel?.(name)
  return channel === undefined ? inactiveTracer : createChannelTracer(channel as unknown as TracingChannel)
}
