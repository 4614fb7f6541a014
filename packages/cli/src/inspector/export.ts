import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { stringifyJson } from '@hookurl/presentation/json'
import type { ExportFormat } from '@hookurl/presentation/protocol'
import type { HistoryEntry } from './entry.ts'
import { writeHar } from './har.ts'

const contentTypes: Readonly<Record<ExportFormat, string>> = {
  har: 'application/json',
  ndjson: 'application/x-ndjson',
}

/** Sends entries as a file, one by one, and no faster than they are received. */
export async function sendExport(
  response: ServerResponse,
  format: ExportFormat,
  source: { readonly entries: readonly HistoryEntry[]; readonly origin: string },
): Promise<void> {
  response.writeHead(200, { 'content-type': contentTypes[format] })
  const { entries, origin } = source
  for (const piece of format === 'har' ? writeHar(entries, origin) : writeNdjson(entries)) {
    if (response.destroyed) return
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  response.end()
}

/** Returns one line of JSON per entry: the request as it was on the wire, as `listen --record` writes it, and its result. */
export function* writeNdjson(entries: Iterable<HistoryEntry>): Generator<string> {
  for (const { detail, bytes } of entries) {
    const { body, response, hasPayload, deliveryKey, bytes: size, ...rest } = detail
    const line = {
      ...rest,
      base64: toBase64(bytes.body),
      length: body.length,
      isComplete: body.isComplete,
      response: { headers: response.headers, base64: toBase64(bytes['response-body']), length: response.body.length },
    }
    yield `${stringifyJson(line)}\n`
  }
}

function toBase64(bytes: Buffer | undefined): string {
  return bytes?.toString('base64') ?? ''
}
