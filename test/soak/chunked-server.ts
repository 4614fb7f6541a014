// One server in a process of its own, for `bench/chunked-bodies.ts`: reads bodies in a plain way, or with hookurl on a host.
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { ReceiverOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as koaHookurl } from '@hookurl/verify/koa'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'

const options: ReceiverOptions = {
  keys: process.env.HOOKURL_KEYS,
  bodyTimeout: '10m',
  handlers: { '*': (hook) => Response.json({ length: hook.rawBody().byteLength }) },
}

/** What hookurl is compared with: a server that copies a body into one buffer that grows as needed. */
const plainListener: RequestListener = (request, response) => {
  let bytes = new Uint8Array(4096)
  let length = 0
  request.on('data', (chunk: Buffer) => {
    if (length + chunk.byteLength > bytes.byteLength) {
      const grown = new Uint8Array(Math.max(2 * bytes.byteLength, length + chunk.byteLength))
      grown.set(bytes)
      bytes = grown
    }
    bytes.set(chunk, length)
    length += chunk.byteLength
  })
  request.on('end', () => response.end(JSON.stringify({ length })))
}

/** The same for a fetch-style host. */
async function plainFetch(request: Request): Promise<Response> {
  let bytes = new Uint8Array(4096)
  let length = 0
  const reader = request.body?.getReader()
  for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
    if (length + read.value.byteLength > bytes.byteLength) {
      const grown = new Uint8Array(Math.max(2 * bytes.byteLength, length + read.value.byteLength))
      grown.set(bytes)
      bytes = grown
    }
    bytes.set(read.value, length)
    length += read.value.byteLength
  }
  return Response.json({ length })
}

const servers: Readonly<Record<string, () => Promise<Server> | Server>> = {
  'plain node:http': () => createServer(plainListener),
  'plain fetch': () => createAdaptorServer({ fetch: plainFetch }) as Server,
  'node:http': () => createServer(nodeHookurl(options) as unknown as RequestListener),
  express: () => createServer(express().use('/hooks', expressHookurl(options))),
  koa: () => createServer(new Koa().use(koaHookurl(options)).callback()),
  fastify: async () => {
    const app = fastify()
    app.register(fastifyHookurl(options), { prefix: '/hooks' })
    await app.ready()
    return app.server
  },
  hono: () => createAdaptorServer({ fetch: new Hono().use('/hooks/*', honoHookurl(options)).fetch }) as Server,
  fetch: () => createAdaptorServer({ fetch: fetchHookurl(options) }) as Server,
}

const create = servers[process.argv[2] ?? '']
if (create === undefined) throw new Error(`no server of that name: ${Object.keys(servers).join(', ')}`)
const server = await create()
server.requestTimeout = 0
// The kernel's own peak, in kilobytes. It cannot miss one, but includes what loading the server took.
const getKernelPeak = (): number => process.resourceUsage().maxRSS * 1024
let startPeak = 0
let peak = 0
server.listen(0, '127.0.0.1', () => {
  globalThis.gc?.()
  startPeak = getKernelPeak()
  peak = 0
  process.send?.({ port: (server.address() as AddressInfo).port, rss: process.memoryUsage.rss() })
})
let held = 0
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss())
}, 5)
// The parent has ended.
process.on('disconnect', () => process.exit())
process.on('message', (message) => {
  if (message === 'hold') {
    globalThis.gc?.()
    const before = measureHeld()
    setInterval(() => (held = Math.max(held, measureHeld() - before)), 1)
    process.send?.('holding')
    return
  }
  if (message === 'held') {
    process.send?.({ held })
    return
  }
  const kernelPeak = getKernelPeak()
  process.send?.({ peak: kernelPeak > startPeak ? kernelPeak : peak })
})

// The heap and the buffers outside of it, in bytes.
function measureHeld(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
