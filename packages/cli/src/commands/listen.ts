import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { finished } from 'node:stream'
import { invalidOption } from '@hookurl/core/internal'
import { createReceiver, type ReceivedHook, type ResultEvent } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { Command } from 'commander'
import { type ListenAddress, type RunningServer, serve } from '../http/server.ts'
import type { Inspector } from '../inspector/index.ts'
import { toJson } from '../io/escape.ts'
import { signalExitCodes } from '../io/exit-codes.ts'
import { addHelp, addKeyFlags, allowInsecureHelp, parseInteger } from '../io/flags.ts'
import type { Output } from '../io/output.ts'
import { toErrorReport } from '../io/report-error.ts'
import { createContentReader } from '../keys/content-reader.ts'
import { type KeyFlags, loadSettings, type Settings } from '../keys/load.ts'
import { addSinkFlags, createHookSink, type SinkFlags } from '../listen/flags.ts'
import { endUse } from '../listen/hook-sink.ts'
import {
  formatLogLine,
  getReceivedHook,
  type RequestRecord,
  toJsonPayload,
  toRedactedRecord,
  toRequestRecord,
} from '../listen/request-log.ts'
import { openUseStore } from '../listen/use-store.ts'

interface ListenFlags extends KeyFlags, SinkFlags {
  port: number
  host: string
  maxBodySize?: number
  once?: true
  usesDir?: string
  inspector: boolean
  inspectorPort?: number
}

/** The request that a callback of the receiver is called for. */
interface CurrentRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly time: Date
  /** Adds the request to the inspector. */
  readonly inspect: ((record: RequestRecord) => void) | undefined
}

const examples = [
  'hookurl listen',
  'hookurl listen --port 9000 --json | jq .hook',
  'hookurl mint --command /onWebhook && hookurl listen --once | jq .',
  'hookurl listen --forward http://localhost:3000/hooks',
  "hookurl listen --exec 'jq .content'",
]
const notes = `Prints one line per request on stderr; with --json, one object per request on stdout. With --once, prints
the payload of the hook as JSON on stdout.`
const defaultAddress: ListenAddress = { host: '127.0.0.1', port: 8787 }
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/

export function define(command: Command, output: Output): void {
  command
    .option('--port <n>', 'the port', (text) => parsePort(text, '--port'), defaultAddress.port)
    .option('--host <host>', 'the address to listen on', defaultAddress.host)
    .option('--max-body-size <bytes>', 'maximum body size (default: 1048576)', (text) =>
      parseInteger(text, '--max-body-size'),
    )
    .option('--once', 'exit after the first valid hook')
    .option('--uses-dir <dir>', 'store uses in this folder instead of memory (requires the lmdb package)')
    .option('--no-inspector', 'disable the inspector')
    .option('--inspector-port <n>', 'port of the inspector (default: 8788, or a free one)', (text) =>
      parsePort(text, '--inspector-port'),
    )
    .option('--allow-insecure', `in the inspector: ${allowInsecureHelp}`)
    .addHelpText('after', `\n${notes}`)
    .action((flags: ListenFlags) => listen(flags, output))
  addSinkFlags(command)
  addKeyFlags(command)
  addHelp(command, examples)
}

/** Receives hooks until the server stops. */
async function listen(flags: ListenFlags, output: Output): Promise<void> {
  const settings = await loadSettings(flags, output)
  const { keys, purpose } = settings
  const uses = await openUseStore(flags.usesDir)
  const sink = await createHookSink(flags, output)
  const readContent = createContentReader(settings)
  const requests = new AsyncLocalStorage<CurrentRequest>()
  let firstRequest: IncomingMessage | undefined
  let lastLog = Promise.resolve()
  let inspector: Inspector | undefined
  const handle = hookurl(
    createReceiver({
      keys,
      purpose,
      maxBodySize: flags.maxBodySize,
      // The program or application may run until its timeout, so the lease must not end before that.
      uses: { store: uses.store, maxLease: '1d' },
      handlers: { '*': handleHook },
      onResult,
      onError: (error) => output.note(toErrorReport(error, 'listen').message),
    }),
  )

  async function handleHook(hook: ReceivedHook): Promise<Response | undefined> {
    const { request, response } = getCurrent(requests)
    firstRequest ??= request
    // Another hook can arrive before the server stops. Its sender has to retry.
    if (flags.once === true && request !== firstRequest) {
      return new Response(null, { status: 503, headers: { 'retry-after': '5' } })
    }
    if (sink === undefined) return undefined
    const result = await sink({ hook, request, content: await readContent(request.url ?? '') })
    await endUse(hook, result.ending, response)
    return result.response
  }

  function onResult(event: ResultEvent): void {
    const current = getCurrent(requests)
    const content = readContent(current.request.url ?? '')
    // `finished` also calls back if the client has disconnected.
    finished(current.response, () => {
      lastLog = lastLog.then(async () => logResult(event, await content, current))
    })
  }

  function logResult(event: ResultEvent, content: unknown, { request, time, inspect }: CurrentRequest): void {
    const entry = { time, event, content }
    inspect?.(toRequestRecord(entry))
    if (output.json) output.print(toJson(toRedactedRecord(entry)))
    else output.note(formatLogLine(entry, output))
    if (flags.once !== true || request !== firstRequest) return
    const hook = getReceivedHook(event)
    if (!output.json) output.print(toJson(hook === undefined ? undefined : toJsonPayload(hook)))
    void server.stop()
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const current = { request, response, time: new Date(), inspect: inspector?.watch(request, response) }
    void requests.run(current, () => handle(request, response))
  }

  const server = await serve(onRequest, flags)
  stopOnSignals(server)
  if (flags.inspector && flags.once !== true) inspector = await openInspector(flags, settings, server)
  formatAnnouncement(flags, server, inspector).forEach(output.note)
  output.flushNotes()
  await server.stopped
  await lastLog
  await uses.close()
  // A storage that was used slows down every promise of the process.
  requests.disable()
}

function getCurrent(requests: AsyncLocalStorage<CurrentRequest>): CurrentRequest {
  const current = requests.getStore()
  if (current === undefined) throw new Error('the receiver was called outside of a request')
  return current
}

async function openInspector(
  { host, inspectorPort }: ListenFlags,
  settings: Settings,
  server: RunningServer,
): Promise<Inspector> {
  try {
    const { startInspector } = await import('../inspector/index.ts')
    const inspector = await startInspector({ settings, receiver: { host, port: server.port }, port: inspectorPort })
    void server.stopped.then(inspector.stop)
    return inspector
  } catch (error) {
    await server.stop()
    throw error
  }
}

function formatAnnouncement(flags: ListenFlags, { port }: RunningServer, inspector: Inspector | undefined): string[] {
  const { host } = flags
  const lines = [`Listening on http://${host.includes(':') ? `[${host}]` : host}:${port}. Press Ctrl-C to stop.`]
  if (port !== defaultAddress.port || flags.port !== defaultAddress.port) {
    lines.push(`To mint URLs for this receiver, use --base-url http://localhost:${port}/hooks`)
  }
  if (inspector !== undefined) lines.push(`Inspector: ${inspector.address}`)
  if (!loopback.test(host)) lines.push('Warning: other machines can reach this address.')
  return lines
}

function stopOnSignals(server: RunningServer): void {
  let isStopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const exitCode = signalExitCodes[signal]
      // The second signal exits at once, which also kills the programs of --exec.
      if (isStopping) process.exit(exitCode)
      isStopping = true
      process.exitCode = exitCode
      void server.stop()
    })
  }
}

function parsePort(text: string, flag: string): number {
  const port = parseInteger(text, flag)
  if (port <= 65_535) return port
  throw invalidOption(`${flag} must be at most 65535`, 'Choose another port.')
}
