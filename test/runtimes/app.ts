// The application that runs in every runtime: a receiver, a guard, Hono, and the conformance suite, which runs the
// vectors in the body of POST /conformance.
import { createMinter, deriveJwk, findToken, isHookurlError } from '@hookurl/core'
import { createReceiver, createVerifier, memoryUseStore, type Receiver } from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { createWaiter, memoryWaitStore } from '@hookurl/verify/wait'
import { Hono } from 'hono'
import type { Vectors } from '../../conformance/format.ts'
import { runSuite } from '../../conformance/suite.ts'
import { traceOutcomes } from './tracing.ts'

const keys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const run = (hook: { readonly content: unknown; readonly payload: unknown }): Response =>
  Response.json([hook.content, hook.payload])

/** The receiver, exported for runtimes that also mount it in another way. */
export const receiver: Receiver = createReceiver({
  keys: async () => keys,
  handlers: { '/run': run, '/quiet': () => {}, '/text': () => new Response('ü') },
  uses: memoryUseStore(),
  onError: () => {},
})
const guard = fetchHookurl({ keys, command: ['/run', '/text'], onError: () => {} }, (_request, hook) =>
  hook.command === '/text' ? new Response('ü') : Response.json(hook.content),
)
const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200))
const acknowledging = fetchHookurl({ keys, handlers: { '/run': slow }, ackAfter: '20ms' })
const waiter = createWaiter({ keys, baseUrl: 'https://bot.example.com/waits', waits: memoryWaitStore() })
const waits = fetchHookurl(waiter.receiver)
const hono = new Hono().use('/hono/*', honoHookurl(receiver))

async function runVectors(request: Request): Promise<Response> {
  const vectors = (await request.json()) as Vectors
  const { searchParams } = new URL(request.url)
  const synchronous = searchParams.get('engine') === 'node'
  const subject = { createMinter, createVerifier, deriveJwk, findToken, isHookurlError, synchronous }
  return Response.json(await runSuite(vectors, subject))
}

async function openWait(): Promise<Response> {
  const { url, id } = await waiter.open({ command: '/run', content: 'ü' })
  return Response.json({ url, id })
}

// An application takes the id from its own records.
async function resumeWait(request: Request): Promise<Response> {
  const { payload, headers } = await waiter.resume(await request.text())
  return Response.json([payload, headers.get('content-type')])
}

async function runTracing(): Promise<Response> {
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })
  const outcomes = await traceOutcomes(receiver, () => minter.mint({ command: '/quiet' }))
  return new Response(outcomes === 'minted,handled' ? 'ok' : outcomes)
}

/** Handles a request; `host` is the second argument that the runtime passes to its fetch handler. */
export function handle(request: Request, host: unknown): Response | Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === '/conformance') return runVectors(request)
  if (pathname === '/tracing') return runTracing()
  if (pathname.startsWith('/guard/')) return guard(request)
  if (pathname === '/open-wait') return openWait()
  if (pathname === '/resume-wait') return resumeWait(request)
  if (pathname.startsWith('/waits/')) return waits(request)
  if (pathname.startsWith('/slow/')) return acknowledging(request, host)
  return pathname.startsWith('/hono/') ? hono.fetch(request) : receiver.fetch(request)
}
