import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { finished } from 'node:stream'
import { createMinter } from '@hookurl/core'
import { createReceiver, type ReceivedHook, type ResultEvent } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { Command } from 'commander'
import {
  formatAddress,
  isLoopback,
  type ListenAddress,
  type RunningServer,
  serve,
  stopOnSignals,
} from '../http/server.ts'
import type { Inspector } from '../inspector/index.ts'
import { type Recording, record } from '../inspector/recorder.ts'
import { escapeControlChars, toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags, allowInsecureHelp, parseInteger, parsePort } from '../io/flags.ts'
import type { Output } from '../io/output.ts'
import { toErrorReport } from '../io/report-error.ts'
import { assertOtherFile } from '../io/same-file.ts'
import { createContentReader } from '../keys/content-reader.ts'
import { type KeyFlags, loadSettings, type Settings } from '../keys/load.ts'
import { getDisconnectSignal, getEnding } from '../listen/ending.ts'
import {
  addInspectorFlags,
  addSinkFlags,
  assertSinkFlags,
  createHookSink,
  type InspectorFlags,
  type SinkFlags,
} from '../listen/flags.ts'
import { createHandshakeOptions, parseHandshakes } from '../listen/handshakes.ts'
import { endUse } from '../listen/hook-sink.ts'
import { describeKeys, hasKeyboard, readKeys } from '../listen/keyboard.ts'
import { openRecorder, type RecordedRequest, readRecording } from '../listen/recording.ts'
import { type ReceiverAddress, replayRequest } from '../listen/replay.ts'
import {
  formatLogLines,
  getReceivedHook,
  type RequestLogEntry,
  type RequestRecord,
  toJsonPayload,
  toRedactedRecord,
  toRequestRecord,
} from '../listen/request-log.ts'
import { addTestFlags, createTestResponder, type TestFlags } from '../listen/test-responses.ts'
import { openUseStore } from '../listen/use-store.ts'

interface ListenFlags extends KeyFlags, SinkFlags, TestFlags, InspectorFlags {
  port: number
  host: string
  verbose?: true
  handshake?: ReturnType<typeof parseHandshakes>
  record?: string
  replay?: string
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
  /** When it arrived, on the monotonic clock. */
  readonly startedAt: number
  /** Returns the request as it was received. */
  readonly getRecording: (() => Recording) | undefined
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
const notes = `Prints one line per request on stderr once its response has ended. With --json, prints one object per
request on stdout, and one object with the addresses on stderr at startup. With --once, prints the payload of the hook
as JSON on stdout.

--record writes NDJSON: each hook with its URL, headers, and body in base64. The file contains tokens, so it is readable
by its owner only; delete it when you are done. Hooks that have expired are rejected when they are replayed.

--status, --delay and --fail-first test how a sender retries: "--fail-first 2 --delay 5s" waits 5 seconds before every
response, and responds to the first two hooks with 500. Failed hooks do not consume uses.

On a terminal, o opens the inspector, c copies a new test URL, r replays the last hook, and q quits.`
const defaultAddress: ListenAddress = { host: '127.0.0.1', port: 8787 }

export function define(command: Command, output: Output): void {
  command
    .option('--port <n>', 'port to listen on', (text) => parsePort(text, '--port'), defaultAddress.port)
    .option('--host <host>', 'address to listen on', defaultAddress.host)
    .option('--max-body-size <bytes>', 'maximum body size (default: 1048576)', (text) =>
      parseInteger(text, '--max-body-size'),
    )
    .option('--once', 'exit after the first valid hook')
    .option('-v, --verbose', 'print the payload and more about each request')
    .option('--record <file>', 'append each valid hook to this file, with its token')
    .option('--replay <file>', 'at startup, send the hooks of a recorded file to this receiver')
    .option('--handshake <names>', 'also complete these handshakes: asana, strava', parseHandshakes)
    .option('--uses-dir <dir>', 'store uses in this folder instead of memory (requires the lmdb package)')
    .option('--no-inspector', 'disable the inspector')
    .option('--inspector-port <n>', 'port of the inspector (default: 8788, or a free one)', (text) =>
      parsePort(text, '--inspector-port'),
    )
    .option('--allow-insecure', `in the inspector: ${allowInsecureHelp}`)
    .addHelpText('after', `\n${notes}`)
    .action((flags: ListenFlags) => {
      assertSinkFlags(command)
      return listen(flags, output)
    })
  addTestFlags(command)
  addInspectorFlags(command)
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
  const respondToTest = createTestResponder(flags)
  await assertDistinctFiles(flags, settings)
  const recorded = flags.replay === undefined ? [] : readRecording(flags.replay)
  const recorder = flags.record === undefined ? undefined : openRecorder(flags.record)
  const usesKeyboard = hasKeyboard() && flags.once !== true && !output.json
  let lastHook: RecordedRequest | undefined
  const readContent = createContentReader(settings)
  const requests = new AsyncLocalStorage<CurrentRequest>()
  let firstRequest: IncomingMessage | undefined
  let lastLog = Promise.resolve()
  const pendingLogs = new Set<Promise<void>>()
  const running = new Set<Promise<void>>()
  let inspector: Inspector | undefined
  const handle = hookurl(
    createReceiver({
      keys,
      purpose,
      maxBodySize: flags.maxBodySize,
      // The program or application may run until its timeout, so the lease must not end before that.
      uses: { store: uses.store, maxLease: '1d' },
      handlers: { '*': handleHook },
      ...(flags.handshake === undefined ? {} : { handshakes: createHandshakeOptions(flags.handshake) }),
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
    const testResponse = await respondToTest?.(getDisconnectSignal(response))
    if (testResponse !== undefined) {
      if (firstRequest === request) firstRequest = undefined
      return testResponse
    }
    if (sink === undefined) return undefined
    const result = await sink({ hook, request, content: await readContent(request.url ?? '') })
    await endUse(hook, result.ending, response)
    return result.response
  }

  function onResult(event: ResultEvent): void {
    const current = getCurrent(requests)
    const received = getReceivedHook(event)
    const format = output.json || flags.once === true ? 'with_content' : 'summary'
    const payload = received === undefined ? undefined : toJsonPayload(received, format)
    const content = readContent(current.request.url ?? '')
    // `finished` also calls back if the client has disconnected.
    const logged = new Promise<void>((resolve) => {
      finished(current.response, () => {
        const ending = getEnding(event, current)
        lastLog = lastLog
          .then(async () => logResult({ event, content: await content, payload: await payload, ...ending }, current))
          .catch((error: unknown) => exitOnLogError(error))
        resolve(lastLog)
      })
    })
    pendingLogs.add(logged)
    void logged.then(() => pendingLogs.delete(logged))
  }

  function logResult(entry: RequestLogEntry, { request, inspect, getRecording }: CurrentRequest): void {
    const { event, payload } = entry
    if (getRecording !== undefined && hasRun(event)) keepRequest(entry, getRecording())
    inspect?.(toRequestRecord(entry))
    if (output.json) output.print(toJson(toRedactedRecord(entry)))
    else formatLogLines(entry, output, { verbose: flags.verbose === true }).forEach(output.note)
    if (flags.once !== true || request !== firstRequest) return
    if (!output.json) output.print(toJson(payload))
    void server.stop()
  }

  function keepRequest({ time, event }: RequestLogEntry, { url, headers, body }: Recording): void {
    if (!body.info.isComplete) {
      if (recorder !== undefined) output.note('The hook was not recorded: its body is incomplete or over 4 MiB.')
      return
    }
    const { method } = event
    lastHook = { time: time.toISOString(), method, url, headers, base64: body.bytes.toString('base64') }
    recorder?.add(lastHook)
  }

  function exitOnLogError(error: unknown): never {
    const report = toErrorReport(error, 'listen')
    output.error(report)
    process.exit(report.exit)
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const current = {
      request,
      response,
      time: new Date(),
      startedAt: performance.now(),
      inspect: inspector?.watch(request, response),
      getRecording: recorder === undefined && !usesKeyboard ? undefined : record(request, response),
    }
    const handled = requests.run(current, () => handle(request, response))
    running.add(handled)
    void handled.then(() => running.delete(handled))
  }

  function startKeyboard(): () => void {
    const actions = {
      inspector: inspector?.address,
      mintUrl: () => mintTestUrl(settings, server),
      replayLast: async () => {
        if (lastHook === undefined) return false
        await replayRequest(lastHook, address)
        return true
      },
      quit: () => void server.stop(),
    }
    output.note(describeKeys(actions))
    return readKeys(actions, output)
  }

  const server = await serve(onRequest, flags)
  stopOnSignals(server)
  if (flags.inspector && flags.once !== true) inspector = await openInspector(flags, settings, server)
  announce({ flags, server, inspector }, output)
  const address = { host: flags.host, port: server.port }
  const stopReading = usesKeyboard ? startKeyboard() : undefined
  void server.stopped.then(() => stopReading?.())
  await replayAll(recorded, address, output)
  await server.stopped
  // A handler can run longer than its connection.
  await Promise.all(running)
  await Promise.all(pendingLogs)
  recorder?.close()
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
  { host, inspectorHost, inspectorPort, inspectorSecretFile: secretFile }: ListenFlags,
  settings: Settings,
  server: RunningServer,
): Promise<Inspector> {
  try {
    const { startInspector } = await import('../inspector/index.ts')
    const receiver = { host, port: server.port }
    const inspector = await startInspector({ settings, receiver, host: inspectorHost, port: inspectorPort, secretFile })
    void server.stopped.then(inspector.stop)
    return inspector
  } catch (error) {
    await server.stop()
    throw error
  }
}

interface Started {
  readonly flags: ListenFlags
  readonly server: RunningServer
  readonly inspector: Inspector | undefined
}

function announce({ flags, server, inspector }: Started, output: Output): void {
  const { host, record: file } = flags
  const listening = formatAddress(host, server.port)
  output.flushNotes()
  if (output.json) output.data({ listening, inspector: inspector?.address })
  else output.note(`Listening on ${listening}. Press Ctrl-C to stop.`)
  if (!output.json) formatHints(flags, server, inspector).forEach(output.note)
  if (!isLoopback(host)) output.note('Warning: other machines can reach this address.')
  if (inspector !== undefined && !isLoopback(flags.inspectorHost ?? '127.0.0.1')) {
    output.note('WARNING: other machines can reach the inspector. Anyone who has its address can read every request,')
    output.note('including its token, and mint URLs. The connection is not encrypted.')
  }
  if (file !== undefined) output.note(`Recording to ${escapeControlChars(file)}. It contains URLs with their tokens.`)
}

function formatHints(flags: ListenFlags, { port }: RunningServer, inspector: Inspector | undefined): string[] {
  const lines: string[] = []
  if (port !== defaultAddress.port || flags.port !== defaultAddress.port) {
    lines.push(`To mint URLs for this receiver, use --base-url http://localhost:${port}/hooks`)
  }
  if (inspector !== undefined) lines.push(`Inspector: ${inspector.address}`)
  return lines
}

/** Whether a request was a hook, and not only a preview, a test or a rejected use of its URL. */
function hasRun({ outcome, error }: ResultEvent): boolean {
  return outcome === 'handled' || outcome === 'accepted' || error?.code === 'handler_failed'
}

async function replayAll(
  requests: readonly RecordedRequest[],
  address: ReceiverAddress,
  output: Output,
): Promise<void> {
  let count = 0
  for (const [index, recorded] of requests.entries()) {
    try {
      await replayRequest(recorded, address)
      count++
    } catch (error) {
      output.note(`Replay of request ${index + 1}: ${toErrorReport(error, 'listen').message}`)
    }
  }
  if (requests.length > 0) output.note(`Replayed ${count} of ${requests.length} recorded hooks.`)
}

async function mintTestUrl({ keys, purpose, baseUrl, insecure }: Settings, { port }: RunningServer): Promise<string> {
  const minter = createMinter({
    keys,
    purpose,
    baseUrl: baseUrl ?? `http://localhost:${port}/hooks`,
    expiresIn: '1d',
    ...insecure,
  })
  return minter.mint({ command: '/test' })
}

async function assertDistinctFiles({ record: file, replay, keysFile }: ListenFlags, { path }: Settings): Promise<void> {
  await assertOtherFile({ name: '--record', file }, [
    { name: '--replay', file: replay },
    { name: '--keys-file', file: keysFile === '-' ? undefined : keysFile },
    { name: 'the file of the keys', file: path },
    { name: 'stdout', file: 1 },
    { name: 'stderr', file: 2 },
  ])
}
