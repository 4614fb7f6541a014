import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { invalidOption } from '@hookurl/core/internal'
import { createReceiver, createVerifier, type ReceivedHook, type Verifier } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { Command } from 'commander'
import { type Place, type Running, serve } from '../http/server.ts'
import type { Inspector } from '../inspector/index.ts'
import { toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags, parseInteger } from '../io/flags.ts'
import type { Output } from '../io/output.ts'
import { toErrorReport } from '../io/report-error.ts'
import { type KeyFlags, loadSettings, type Settings } from '../keys/load.ts'
import { addDeliveryFlags, type DeliveryFlags, toDeliver } from '../listen/flags.ts'
import { type Arrival, recordArrival, tellArrival, toShowable } from '../listen/request-log.ts'
import { openUses } from '../listen/use-store.ts'

interface ListenFlags extends KeyFlags, DeliveryFlags {
  port: number
  host: string
  maxBodySize?: number
  once?: true
  usesPath?: string
  inspector: boolean
  inspectorPort?: number
}

/** A request that is being answered. */
interface Current {
  readonly arrival: Arrival
  readonly request: IncomingMessage
}

const examples = [
  'hookurl listen',
  'hookurl listen --port 9000 --json | jq .hook',
  'hookurl mint --command /onWebhook && hookurl listen --once | jq .',
  'hookurl listen --forward http://localhost:3000/hooks',
  "hookurl listen --exec 'jq .content'",
]
const defaultPlace: Place = { host: '127.0.0.1', port: 8787 }
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/

export function define(command: Command, output: Output): void {
  command
    .option('--port <n>', 'the port', (text) => toPort(text, '--port'), defaultPlace.port)
    .option('--host <host>', 'the address to listen on', defaultPlace.host)
    .option('--max-body-size <bytes>', 'the longest body (default: 1048576)', (text) =>
      parseInteger(text, '--max-body-size'),
    )
    .option('--once', 'end after the first good hook, with its payload as JSON on stdout')
    .option('--uses-dir <dir>', 'count uses in this folder, not in memory (needs the package lmdb)')
    .option('--no-inspector', 'do without the inspector page')
    .option('--inspector-port <n>', 'its port (default: 8788, or one that is free)', (text) =>
      toPort(text, '--inspector-port'),
    )
    .addHelpText('after', '\nOne line a request on stderr; with --json, one object a request on stdout.')
    .action((flags: ListenFlags) => listen(flags, output))
  addDeliveryFlags(command)
  addKeyFlags(command)
  addHelp(command, examples)
}

async function listen(flags: ListenFlags, output: Output): Promise<void> {
  const settings = await loadSettings(flags, output)
  const { keys, purpose } = settings
  const uses = await openUses(flags.usesPath)
  const deliver = await toDeliver(flags, output)
  const current = new AsyncLocalStorage<Current>()
  let isTaken = false
  const receiver = createReceiver({
    keys,
    purpose,
    maxBodySize: flags.maxBodySize,
    uses: uses.store,
    handlers: { '*': receive },
    onRefusal: (error) => {
      const now = current.getStore()
      if (now !== undefined) now.arrival.refused = error
    },
    onError: (error) => output.note(toErrorReport(error, 'listen').message),
  })
  const handle = hookurl(receiver)
  const verifier = createVerifier({ keys, purpose })

  // Whoever asked for one hook gets no other: what comes meanwhile is sent again later.
  function receive(hook: ReceivedHook): Promise<Response | undefined> | Response | undefined {
    if (flags.once === true && isTaken) return new Response(null, { status: 503, headers: { 'retry-after': '5' } })
    isTaken = true
    const now = current.getStore()
    if (now === undefined) throw new Error('a hook arrived outside of a request')
    now.arrival.ran = hook
    return deliver?.({ hook, request: now.request })
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const arrival: Arrival = { time: new Date(), method: request.method ?? '', target: request.url ?? '' }
    const start = performance.now()
    const told = inspector?.watch(request, response)
    response.on('close', () => {
      const answered = { status: response.statusCode, durationMs: performance.now() - start }
      const looked = lookUp(verifier, arrival).then(() => {
        told?.(recordArrival(arrival, answered))
        if (output.json) output.print(toJson(recordArrival(arrival, answered)))
        else output.note(tellArrival(arrival, answered, output))
        if (flags.once !== true || arrival.ran === undefined) return
        if (!output.json) output.print(toJson(toShowable(arrival.ran.payload)))
        void running.stop()
      })
      looked.catch((error: unknown) => output.note(toErrorReport(error, 'listen').message))
    })
    void current.run({ arrival, request }, () => handle(request, response))
  }

  let inspector: Inspector | undefined
  const running = await serve(onRequest, flags)
  void running.stopped.then(uses.close)
  endOnSignals(running)
  if (flags.inspector && flags.once !== true) inspector = await openInspector(flags, { settings, running })
  announce(flags, { output, running, inspector })
}

// The receiver tells of what ran and of what was refused; of the rest, the URL can still be read.
async function lookUp(verifier: Verifier, arrival: Arrival): Promise<void> {
  if (arrival.ran !== undefined || arrival.refused !== undefined) return
  try {
    arrival.looked = await verifier.verify(arrival.target, { ignore: ['uses'] })
  } catch {
    // Not a hook URL: it is told as such.
  }
}

async function openInspector({ host, inspectorPort }: ListenFlags, { settings, running }: Opened): Promise<Inspector> {
  try {
    const { startInspector } = await import('../inspector/index.ts')
    const inspector = await startInspector({ settings, receiver: { host, port: running.port }, port: inspectorPort })
    void running.stopped.then(inspector.stop)
    return inspector
  } catch (error) {
    await running.stop()
    throw error
  }
}

interface Opened {
  readonly settings: Settings
  readonly running: Running
}

interface Announced {
  readonly output: Output
  readonly running: Running
  readonly inspector: Inspector | undefined
}

function announce({ host, port: asked }: ListenFlags, { output, running, inspector }: Announced): void {
  const { port } = running
  output.note(`Listening on http://${host.includes(':') ? `[${host}]` : host}:${port}; Ctrl-C ends it.`)
  if (port !== defaultPlace.port || asked !== defaultPlace.port) {
    output.note(`Mint for it with --base-url http://localhost:${port}/hooks`)
  }
  if (inspector !== undefined) output.note(`Inspect what arrives at ${inspector.address}`)
  if (!loopback.test(host)) output.note('It can be reached from other machines.')
  output.flushNotes()
}

function endOnSignals(running: Running): void {
  const endings = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const
  let isAsked = false
  for (const [signal, exit] of endings) {
    process.on(signal, () => {
      // The second time, the program ends at once, and with it what it has started.
      if (isAsked) process.exit(exit)
      isAsked = true
      process.exitCode = exit
      void running.stop()
    })
  }
}

function toPort(text: string, flag: string): number {
  const port = parseInteger(text, flag)
  if (port <= 65_535) return port
  throw invalidOption(`${flag} must be at most 65535`, 'Choose another port.')
}
