import { hopByHopHeaders } from '@hookurl/presentation/hop-by-hop-headers'
import type { RequestDetail } from '@hookurl/presentation/protocol'
import { decodeUtf8, encodeBase64 } from './body/bytes.ts'
import { getFileName } from './body/file-name.ts'

/** A shell command, and the file that it reads, which must be saved in the current folder. */
export interface CurlCommand {
  readonly command: string
  readonly fileName?: string
}

export interface CurlSource {
  readonly detail: Pick<RequestDetail, 'id' | 'method' | 'url' | 'headers' | 'contentType'>
  readonly body: Uint8Array
  /** The origin of the receiver. */
  readonly receiver: string
}

// curl sets these itself.
const excludedHeaders: ReadonlySet<string> = new Set([...hopByHopHeaders, 'content-length', 'host'])

// A terminal interprets most control characters when they are pasted.
const controlCharacter = /[^\P{Cc}\n\t]/u

// Linux allows 128 KiB for one argument.
const MAX_ARGUMENT_LENGTH = 100_000

/** Formats a curl command that sends a request again, for a POSIX shell. A body over 100 kB is read from a file. */
export function toCurl({ detail, body, receiver }: CurlSource): CurlCommand {
  const { method, url, headers } = detail
  const kept = headers.filter(([name]) => !excludedHeaders.has(name.toLowerCase()))
  const words = ['curl', '-i', '--globoff', '--path-as-is']
  if (method === 'HEAD') words.push('--head')
  else words.push('-X', quote(method))
  words.push(quote(`${receiver}${url}`))
  for (const [name, value] of kept) words.push('-H', quote(value === '' ? `${name};` : `${name}: ${value}`))
  if (body.length === 0) return { command: words.join(' ') }
  // Without this, curl adds a default content type.
  if (!kept.some(([name]) => name.toLowerCase() === 'content-type')) words.push('-H', quote('content-type:'))
  if (body.length > MAX_ARGUMENT_LENGTH) return readFromFile(words, detail)
  const text = decodeUtf8(body)
  const isPrintable = text !== undefined && !controlCharacter.test(text)
  const data = isPrintable ? quote(text) : quote(encodeBase64(body))
  if (data.length > MAX_ARGUMENT_LENGTH) return readFromFile(words, detail)
  if (isPrintable) return { command: [...words, '--data-raw', data].join(' ') }
  return { command: `printf %s ${data} | base64 -d | ${words.join(' ')} --data-binary @-` }
}

function readFromFile(words: readonly string[], detail: CurlSource['detail']): CurlCommand {
  const fileName = getFileName({ id: detail.id, part: 'body', contentType: detail.contentType })
  return { command: [...words, '--data-binary', `@${fileName}`].join(' '), fileName }
}

function quote(word: string): string {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
