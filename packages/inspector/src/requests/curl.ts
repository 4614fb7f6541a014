import { hopByHopHeaders } from '@hookurl/presentation/hop-by-hop-headers'
import type { RequestDetail } from '@hookurl/presentation/protocol'
import { decodeBase64, decodeUtf8 } from './bytes.ts'

// curl sets these itself.
const excludedHeaders: ReadonlySet<string> = new Set([...hopByHopHeaders, 'content-length', 'host'])

// A terminal interprets most control characters when they are pasted.
const controlCharacter = /[^\P{Cc}\n\t]/u

/** Formats a curl command that sends a request again, for a POSIX shell. */
export function toCurl({ method, url, headers, body }: RequestDetail, receiver: string): string {
  const kept = headers.filter(([name]) => !excludedHeaders.has(name.toLowerCase()))
  const words = ['curl', '-i', '--globoff', '--path-as-is']
  if (method === 'HEAD') words.push('--head')
  else words.push('-X', quote(method))
  words.push(quote(`${receiver}${url}`))
  for (const [name, value] of kept) words.push('-H', quote(value === '' ? `${name};` : `${name}: ${value}`))
  if (body.length === 0) return words.join(' ')
  // Without this, curl adds a default content type.
  if (!kept.some(([name]) => name.toLowerCase() === 'content-type')) words.push('-H', quote('content-type:'))
  const text = decodeUtf8(decodeBase64(body.base64))
  if (text !== undefined && !controlCharacter.test(text)) return [...words, '--data-raw', quote(text)].join(' ')
  return `printf %s ${quote(body.base64)} | base64 -d | ${words.join(' ')} --data-binary @-`
}

function quote(word: string): string {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
