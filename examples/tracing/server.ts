import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter } from '@hookurl/core'
import { memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import { Registry } from 'prom-client'
import { startTelemetry } from './telemetry.ts'

const { HOOKURL_KEYS: keys = '', PORT = '8787' } = process.env

// In production, an OTLP exporter. This one prints a line for each span.
const exporter: SpanExporter = {
  export: (spans, done) => {
    for (const { name, attributes, status, parentSpanContext, spanContext } of spans.map(withContext)) {
      const { traceId, spanId } = spanContext
      console.log(JSON.stringify({ name, traceId, spanId, parent: parentSpanContext?.spanId, status, attributes }))
    }
    done({ code: 0 })
  },
  shutdown: async () => {},
}
const registry = new Registry()
startTelemetry(exporter, registry)

const minter = createMinter({ keys, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })
const receive = hookurl({
  keys,
  uses: memoryUseStore(),
  handlers: {
    // The span of what a handler mints is a child of the request's.
    '/onOrder': async () => void (await minter.mint({ command: '/onShipped', content: 'order 7' })),
    '/onFailure': () => {
      throw new Error('the warehouse is closed')
    },
  },
})

// The caller's trace context is the parent. An instrumentation of node:http does the same.
const server = createServer((request, response) =>
  context.with(propagation.extract(ROOT_CONTEXT, request.headers), () =>
    receive(request, response, () => void respond(request.url, response)),
  ),
)

async function respond(url: string | undefined, response: ServerResponse): Promise<void> {
  if (url !== '/metrics') return void response.writeHead(404).end()
  response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics())
}

function withContext(span: Parameters<SpanExporter['export']>[0][number]) {
  const { name, attributes, status, parentSpanContext } = span
  return { name, attributes, status, parentSpanContext, spanContext: span.spanContext() }
}

server.listen(Number(PORT), () => {
  console.log(`listening on http://localhost:${(server.address() as AddressInfo).port}`)
})
