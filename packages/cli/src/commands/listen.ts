import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { invalidOption } from '@hookurl/core/internal'
import { createReceiver, createVerifier, type HandlerHook, type Verifier } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { Command } from 'commander'
import { type Arrival, recordArrival, tellArrival, toShowable } from '../arrival.ts'
import { toJson } from '../escape.ts'
import { addHelp, addKeyFlags, toWhole } from '../flags.ts'
import { type KeyFlags, loadSettings } from '../key-sources.ts'
import type { Output } from '../output.ts'
import { report } from '../report.ts'
import { type Place, type Running, serve } from '../serve.ts'

interface ListenFlags extends KeyFlags {
  port: number
  host: string
  maxBody?: number
  once?: true
}

const examples = [
  'hookurl listen',
  'hookurl listen --port 9000 --json | jq .hook',
  'hookurl mint --command /onWebhook && hookurl listen --once | jq .',
]
const defaultPlace: Place = { host: '127.0.0.1', port: 8787 }
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/

export function define(command: Command, output: Output): void {
  command
    .option('--port <n>', 'the port', (text) => toPort(text), defaultPlace.port)
    .option('--host <host>', 'the address to listen on', defaultPlace.host)
    .option('--max-body <bytes>', 'the longest body (default: 1048576)', (text) => toWhole(text, '--max-body'))
    .option('--once', 'end after the first good hook, with its payload as JSON on stdout')
    .addHelpText('after', '\nOne line a request on stderr; with --json, one object a request on stdout.')
    .action((flags: ListenFlags) => listen(flags, output))
  addKeyFlags(command)
  addHelp(command, examples)
}

async function listen(flags: ListenFlags, output: Output): Promise<void> {
  const { keys, purpose } = await loadSettings(flags, output)
  const current = new AsyncLocalStorage<Arrival>()
  let isTaken = false
  const receiver = createReceiver({
    keys,
    purpose,
    maxBody: flags.maxBody,
    handlers: { '*': receive },
    onRefusal: (error) => {
      const arrival = current.getStore()
      if (arrival !== undefined) arrival.refused = error
    },
  })
  const handle = hookurl(receiver)
  const verifier = createVerifier({ keys, purpose })

  // Whoever asked for one hook gets no other: what comes meanwhile is sent again later.
  function receive(hook: HandlerHook): Response | undefined {
    if (flags.once === true && isTaken) return new Response(null, { status: 503, headers: { 'retry-after': '5' } })
    isTaken = true
    const arrival = current.getStore()
    if (arrival !== undefined) arrival.ran = hook
    return undefined
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const arrival: Arrival = { time: new Date(), method: request.method ?? '', target: request.url ?? '' }
    const start = performance.now()
    response.on('close', () => {
      const answered = { status: response.statusCode, durationMs: performance.now() - start }
      const told = lookUp(verifier, arrival).then(() => {
        if (output.json) output.answer(toJson(recordArrival(arrival, answered)))
        else output.note(tellArrival(arrival, answered, output))
        if (flags.once !== true || arrival.ran === undefined) return
        if (!output.json) output.answer(toJson(toShowable(arrival.ran.payload)))
        void running.stop()
      })
      told.catch((error: unknown) => output.note(report(error, 'listen').message))
    })
    void current.run(arrival, () => handle(request, response))
  }

  const running = await serve(onRequest, flags)
  endOnSignals(running)
  announce(flags, { output, running })
}

// The receiver tells of what ran and of what was refused; of the rest, the URL can still be read.
async function lookUp(verifier: Verifier, arrival: Arrival): Promise<void> {
  if (arrival.ran !== undefined || arrival.refused !== undefined) return
  try {
    arrival.looked = await verifier.verify(arrival.target, { uncounted: true })
  } catch {
    // Not a hook URL: it is told as such.
  }
}

function announce({ host, port: asked }: ListenFlags, { output, running }: { output: Output; running: Running }): void {
  const { port } = running
  output.note(`Listening on http://${host.includes(':') ? `[${host}]` : host}:${port}; Ctrl-C ends it.`)
  if (port !== defaultPlace.port || asked !== defaultPlace.port) {
    output.note(`Mint for it with --base-url http://localhost:${port}/hooks`)
  }
  if (!loopback.test(host)) output.note('It can be reached from other machines.')
  output.release()
}

function endOnSignals(running: Running): void {
  const endings = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const
  for (const [signal, exit] of endings) {
    // Once: the second time, the program ends at once.
    process.once(signal, () => {
      process.exitCode = exit
      void running.stop()
    })
  }
}

function toPort(text: string): number {
  const port = toWhole(text, '--port')
  if (port <= 65_535) return port
  throw invalidOption('--port must be at most 65535', 'Choose another port.')
}
