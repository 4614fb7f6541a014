import { setImmediate } from 'node:timers/promises'
import { getBodyKind } from '@hookurl/presentation/body-kind'
import { matchContent, parseFilter, type SearchableContent } from '@hookurl/presentation/filter'
import { findHeader, type HistoryEntry } from './entry.ts'

// `listen` keeps receiving hooks while it searches.
const maxBlockedMs = 8

/**
 * Returns the IDs of the entries that a filter matches, by their headers and bodies too. Takes pauses, and stops early
 * if the signal is aborted.
 */
export async function search(
  entries: readonly HistoryEntry[],
  filter: string,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const terms = parseFilter(filter)
  const ids: number[] = []
  let start = performance.now()
  for (const entry of entries) {
    if (matchContent(terms, entry.detail, getContent(entry))) ids.push(entry.detail.id)
    if (performance.now() - start < maxBlockedMs) continue
    await setImmediate()
    if (signal.aborted) break
    start = performance.now()
  }
  return ids
}

function getContent({ detail, bytes }: HistoryEntry): SearchableContent {
  const { headers, response } = detail
  let bodies: readonly string[] | undefined
  return {
    headers: [...headers, ...response.headers],
    getBodies: () => {
      // Bytes of pictures and archives are not text.
      const body = isText(detail.contentType, bytes.body) ? bytes.body : undefined
      const responseType = findHeader(response.headers, 'content-type')
      const responseBody = isText(responseType, bytes['response-body']) ? bytes['response-body'] : undefined
      const buffers = new Set([body, bytes.payload, responseBody])
      bodies ??= [...buffers].flatMap((buffer) => (buffer === undefined ? [] : buffer.toString().toLowerCase()))
      return bodies
    },
  }
}

function isText(contentType: string | undefined, bytes: Buffer | undefined): boolean {
  return bytes !== undefined && getBodyKind(contentType, bytes.length) !== 'image'
}
