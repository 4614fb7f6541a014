import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Event, Hello, MintOrder, Replayed } from '@hookurl/presentation/protocol'
import type { Oracle } from './api.ts'
import type { Store } from './history.ts'
import { type Receiver, replay } from './replay.ts'

/** What the routes answer from. */
export interface Context {
  readonly store: Store
  readonly oracle: Oracle
  readonly receiver: Receiver
  readonly hello: Hello
  /** Ends when `listen` does. */
  readonly ending: AbortSignal
}

interface Route {
  readonly method: string
  readonly path: RegExp
  answer(call: Call, context: Context): Promise<unknown> | unknown
}

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly id: number
}

const longestAsked = 256 * 1024
const heartbeatMs = 15_000
const gone: Replayed = {
  error: { code: 'gone', message: 'its bytes are not all here', fix: 'Send it again from where it came.' },
}

/** Data for the page, by method and path; `undefined` is nothing of that name. */
export const routes: readonly Route[] = [
  { method: 'GET', path: /^\/api\/events$/, answer: (call, context) => stream(call, context) },
  { method: 'GET', path: /^\/api\/entries\/(\d{1,15})$/, answer: ({ id }, { store }) => store.find(id) },
  {
    method: 'POST',
    path: /^\/api\/entries\/(\d{1,15})\/replay$/,
    answer: ({ id }, { store, receiver }) => {
      const entry = store.find(id)
      return entry?.body.isWhole === true ? replay(entry, receiver) : gone
    },
  },
  {
    method: 'POST',
    path: /^\/api\/verify$/,
    answer: async ({ request }, { oracle }) => {
      const { text } = (await readJson(request)) as { text?: unknown }
      return oracle.verify(String(text ?? ''))
    },
  },
  {
    method: 'POST',
    path: /^\/api\/mint$/,
    answer: async ({ request }, { oracle }) => oracle.mint((await readJson(request)) as MintOrder),
  },
]

async function readJson(request: IncomingMessage): Promise<object> {
  // Only the page asks here, and it says how long it is.
  if (!(Number(request.headers['content-length']) <= longestAsked)) return {}
  try {
    const value: unknown = JSON.parse(await text(request))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Sends what is there, and then everything that arrives, until either side ends it. */
function stream({ response }: Call, { store, hello, ending }: Context): Promise<true> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const write = (event: Event): unknown => response.write(`${JSON.stringify(event)}\n`)
  write({ kind: 'hello', hello, entries: store.list() })
  const unsubscribe = store.subscribe((entry) => write({ kind: 'arrival', entry }))
  const heart = setInterval(() => write({ kind: 'alive' }), heartbeatMs)
  const end = (): unknown => response.end()
  ending.addEventListener('abort', end)
  return new Promise((resolve) => {
    response.on('close', () => {
      unsubscribe()
      clearInterval(heart)
      ending.removeEventListener('abort', end)
      resolve(true)
    })
    if (ending.aborted) end()
  })
}
