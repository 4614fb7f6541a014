import { type Command, Option } from 'commander'
import { createGate } from '../gate/create-gate.ts'
import { type ProxyName, proxyNames } from '../gate/proxies.ts'
import { formatAddress, isLoopback, type RunningServer, serve, stopOnSignals } from '../http/server.ts'
import { toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags, collect, parseMilliseconds, parsePort } from '../io/flags.ts'
import type { Output } from '../io/output.ts'
import { toErrorReport } from '../io/report-error.ts'
import { type KeyFlags, loadSettings } from '../keys/load.ts'
import { formatLogLines, type RequestLogEntry, toRedactedRecord } from '../listen/request-log.ts'
import { openUseStore } from '../listen/use-store.ts'

interface GateFlags extends KeyFlags {
  proxy: ProxyName
  command: string[]
  usesDir?: string
  timeout?: number
  port: number
  host: string
  verbose?: true
}

const examples = [
  'hookurl gate --proxy nginx --command /onPayment',
  'hookurl gate --proxy caddy --command /approve --uses-dir /var/lib/hookurl/uses',
]
const notes = `nginx and Caddy ask the gate about each request. If the hook URL is valid, the gate responds with 204 and the hook
in the header hookurl-hook, in the format of listen --forward, and the proxy passes the request on to your application.
Otherwise, or if the gate cannot be reached, nothing passes. To configure the proxies, see
https://github.com/hookurl/hookurl/blob/main/docs/gateways.md

The gate cannot know how the application responds. It commits the use of a URL with maxUses before the proxy passes the
request on (at most once), so the use is consumed even if the application fails. Without --uses-dir, URLs with maxUses
are rejected. URLs that are bound to a state or to a signed-in user are always rejected.

--timeout includes the reservation of a use. A commit that is under way then is awaited, for at most 500 ms. Later
requests are rejected with 503 store_unavailable, and their reservations are released.

Prints one line per request on stderr. With --json, prints one object per request on stdout.`
const defaultAddress = { host: '127.0.0.1', port: 8789 }
const DEFAULT_TIMEOUT_MS = 50

export function define(command: Command, output: Output): void {
  command
    .addOption(
      new Option('--proxy <name>', 'proxy that asks the gate (required)').choices(proxyNames).makeOptionMandatory(),
    )
    .requiredOption('--command <name>', "accept this command (required, repeatable); '*' accepts any", collect)
    .option('--uses-dir <dir>', 'store uses in this folder (requires the lmdb package)')
    .option('--timeout <duration>', 'how long verifying may take until a use is committed (default: 50ms)', (text) =>
      parseMilliseconds(text, '--timeout'),
    )
    .option(
      '--port <n>',
      'port to listen on; 0 for a free one',
      (text) => parsePort(text, '--port'),
      defaultAddress.port,
    )
    .option('--host <host>', 'address to listen on', defaultAddress.host)
    .option('-v, --verbose', 'print more about each request')
    .addHelpText('after', `\n${notes}`)
    .action((flags: GateFlags) => run(flags, output))
  addKeyFlags(command)
  addHelp(command, examples)
}

/** Responds to a proxy until the server stops. */
async function run(flags: GateFlags, output: Output): Promise<void> {
  const { keys, purpose } = await loadSettings(flags, output)
  const { command: commands, proxy, timeout: timeoutMs = DEFAULT_TIMEOUT_MS, usesDir } = flags
  const uses = usesDir === undefined ? undefined : await openUseStore(usesDir)
  const gate = createGate({ keys, purpose, commands, proxy, store: uses?.store, timeoutMs, onRequest, onError })
  await gate.warmUp()
  const server = await serve((request, response) => void gate.handle(request, response), flags)
  stopOnSignals(server)
  announce(flags, server, output)
  await server.stopped
  await gate.close()
  await uses?.close()

  function onRequest(entry: RequestLogEntry): void {
    if (output.json) output.print(toJson(toRedactedRecord(entry)))
    else formatLogLines(entry, output, { verbose: flags.verbose === true }).forEach(output.note)
  }

  function onError(error: unknown): void {
    output.note(toErrorReport(error, 'gate').message)
  }
}

function announce({ host, proxy, usesDir }: GateFlags, { port }: RunningServer, output: Output): void {
  const listening = formatAddress(host, port)
  output.flushNotes()
  if (output.json) output.data({ listening, proxy })
  else output.note(`Listening on ${listening}. Press Ctrl-C to stop.`)
  if (usesDir === undefined) output.note('URLs with maxUses are rejected: no --uses-dir is set.')
  if (!isLoopback(host)) output.note('Warning: other machines can reach this address.')
}
