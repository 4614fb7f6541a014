import { isUtf8 } from 'node:buffer'
import { getBodyKind } from '@hookurl/presentation/body-kind'
import type { HeaderPair } from '@hookurl/presentation/protocol'
import { findHeader, type HistoryEntry } from './entry.ts'

interface NameValue {
  readonly name: string
  readonly value: string
}

/** Returns a log in the format HAR 1.2 in pieces, which can be written one by one. `origin` is the receiver's. */
export function* writeHar(entries: Iterable<HistoryEntry>, origin: string): Generator<string> {
  const creator = { name: 'hookurl inspector', version: '1' }
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"entries":[`
  let separator = '\n'
  for (const entry of entries) {
    yield separator + JSON.stringify(toHarEntry(entry, origin))
    separator = ',\n'
  }
  yield '\n]}}\n'
}

function toHarEntry({ detail, bytes }: HistoryEntry, origin: string): object {
  const { time, method, url, headers, status, durationMs, response, outcome, code, command, userId, error } = detail
  const mimeType = findHeader(response.headers, 'content-type') ?? ''
  const location = findHeader(response.headers, 'location') ?? ''
  return {
    startedDateTime: time,
    time: durationMs,
    request: {
      method,
      url: `${origin}${url}`,
      httpVersion: 'HTTP/1.1',
      cookies: parseCookies(headers),
      headers: toNameValues(headers),
      queryString: parseQuery(url),
      ...getPostData(detail, bytes.body),
      headersSize: -1,
      bodySize: detail.body.length,
    },
    response: {
      status,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: toNameValues(response.headers),
      content: { size: response.body.length, mimeType, ...toText(bytes['response-body']) },
      redirectURL: location,
      headersSize: -1,
      bodySize: response.body.length,
    },
    cache: {},
    timings: { send: 0, wait: durationMs, receive: 0 },
    // HAR 1.2: custom fields start with an underscore.
    _hookurl: { outcome, code, command, userId, message: error?.message },
  }
}

function getPostData({ headers, body }: HistoryEntry['detail'], bytes: Buffer | undefined): object {
  if (body.length === 0) return {}
  const mimeType = findHeader(headers, 'content-type') ?? ''
  const { text = '', encoding } = toText(bytes)
  const params =
    getBodyKind(mimeType, body.length) === 'form'
      ? [...new URLSearchParams(text)].map(([name, value]) => ({ name, value }))
      : []
  const comment = body.isComplete ? {} : { comment: 'the body is incomplete' }
  return { postData: { mimeType, text, params, ...(encoding && { _encoding: encoding }), ...comment } }
}

function toText(bytes: Buffer | undefined): { readonly text?: string; readonly encoding?: 'base64' } {
  if (bytes === undefined || bytes.length === 0) return {}
  return isUtf8(bytes) ? { text: bytes.toString() } : { text: bytes.toString('base64'), encoding: 'base64' }
}

function parseQuery(url: string): NameValue[] {
  const question = url.indexOf('?')
  if (question < 0) return []
  return [...new URLSearchParams(url.slice(question + 1))].map(([name, value]) => ({ name, value }))
}

function parseCookies(headers: readonly HeaderPair[]): NameValue[] {
  return (findHeader(headers, 'cookie') ?? '').split(';').flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals < 0 ? [] : { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }
  })
}

function toNameValues(headers: readonly HeaderPair[]): NameValue[] {
  return headers.map(([name, value]) => ({ name, value }))
}
