// Turns the events of hookurl's tracing channels into OpenTelemetry spans and one Prometheus counter.
import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { MintTrace } from '@hookurl/core'
import type { ReceiveTrace } from '@hookurl/verify'
import { type Attributes, context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import { Counter, type Registry } from 'prom-client'
import { StoreContextManager } from './context-manager.ts'

type Trace = Partial<ReceiveTrace> & MintTrace

/** Sets OpenTelemetry up, and records all hooks from now on. */
export function startTelemetry(exporter: SpanExporter, registry: Registry): void {
  const contextManager = new StoreContextManager()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  context.setGlobalContextManager(contextManager)
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)

  recordSpans(tracingChannel('hookurl:receive'), { name: 'hookurl receive', kind: SpanKind.SERVER, contextManager })
  recordSpans(tracingChannel('hookurl:mint'), { name: 'hookurl mint', kind: SpanKind.INTERNAL, contextManager })
  countRequests(registry)
}

interface SpanSettings {
  readonly name: string
  readonly kind: SpanKind
  readonly contextManager: StoreContextManager
}

function recordSpans(channel: TracingChannel<unknown, object>, { name, kind, contextManager }: SpanSettings): void {
  const tracer = trace.getTracer('hookurl')
  const spans = new WeakMap<object, Span>()
  // The span is active in the handler, so that spans in it become its children.
  channel.start.bindStore(contextManager.store, (event) => {
    const span = tracer.startSpan(name, { kind })
    spans.set(event, span)
    return trace.setSpan(context.active(), span)
  })
  // `mintSync` ends with `end`; everything else with `asyncEnd`.
  const end = (message: unknown): void => {
    const event = message as Trace
    const span = event.durationMs === undefined ? undefined : spans.get(event)
    if (span === undefined) return
    span.setAttributes(toAttributes(event))
    if (event.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: event.error.message })
    span.end()
    spans.delete(event)
  }
  channel.end.subscribe(end)
  channel.asyncEnd.subscribe(end)
}

function toAttributes({ command, outcome, code, status, keyIndex, deliveryId }: Trace): Attributes {
  return {
    'hookurl.command': command,
    'hookurl.outcome': outcome,
    'hookurl.code': code,
    'hookurl.key_index': keyIndex,
    'hookurl.delivery_id': deliveryId,
    'http.response.status_code': status,
  }
}

// The labels have few values: a command is counted only if its signature was valid.
function countRequests(registry: Registry): void {
  const counter = new Counter({
    name: 'hookurl_requests_total',
    help: 'Requests with a hook URL, by their result',
    labelNames: ['command', 'outcome', 'code'],
    registers: [registry],
  })
  tracingChannel('hookurl:receive').asyncEnd.subscribe((message) => {
    const { command = '', outcome = '', code = '' } = message as Trace
    counter.inc({ command, outcome, code })
  })
}
