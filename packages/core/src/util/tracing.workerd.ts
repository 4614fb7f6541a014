import { createChannelTracer, type TracingChannel } from './channel-tracer.ts'
import { inactiveTracer, type TraceEvent, type Tracer } from './tracer.ts'

interface Diagnostics {
  tracingChannel?(name: string): TracingChannel
}

/** Creates a tracer for the channel of this name. Without the compatibility flag `nodejs_compat`, there are no channels. */
export function createTracer<E extends TraceEvent>(name: string): Tracer<E> {
  // An import of the module would fail without the flag.
  const { process } = globalThis as { process?: { getBuiltinModule?(id: string): Diagnostics | undefined } }
  const channel = process?.getBuiltinModule?.('node:diagnostics_channel')?.tracingChannel?.(name)
  return channel === undefined ? inactiveTracer : createChannelTracer(channel)
}
