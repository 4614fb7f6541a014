import { createTracer, type Tracer } from '@hookurl/core/internal'
import type { IncomingRequest } from '../request/incoming-request.ts'
import type { Config } from './config.ts'
import { RequestContext } from './context.ts'
import type { ReceiveTrace } from './options.ts'
import type { ReceiveResult } from './receive.ts'
import { findToken, isOutside } from './verify-request.ts'

const tracer: Tracer<ReceiveTrace> = /* @__PURE__ */ createTracer<ReceiveTrace>('hookurl:receive')

/** Runs a request, and publishes it on the tracing channel `hookurl:receive` if anyone subscribes. */
export function traceRequest<C extends Config>(
  request: IncomingRequest,
  config: C,
  run: (ctx: RequestContext<C>) => Promise<ReceiveResult>,
): Promise<ReceiveResult> {
  if (!tracer.isActive()) return run(new RequestContext(request, config))
  const trace: ReceiveTrace = { kind: config.kind, method: request.method }
  const ctx = new RequestContext(request, config, trace)
  // The requests of the application would fill the traces.
  if (isOutside(ctx) || (config.kind === 'receiver' && findToken(ctx).kind === 'none')) return run(ctx)
  return tracer.tracePromise(trace, () => run(ctx), settle)
}

// A guarded route runs after the guard.
function settle(result: ReceiveResult, finish: () => void): ReceiveResult {
  if (result.kind !== 'authorized') {
    finish()
    return result
  }
  let hasEnded = false
  return {
    ...result,
    end: (ending) => {
      const ended = result.end(ending)
      if (!hasEnded) finish()
      hasEnded = true
      return ended
    },
  }
}
