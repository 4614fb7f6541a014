import type { Detail } from '@hookurl/presentation/protocol'
import { toBytes, toText } from './bytes.ts'

// curl sees to these itself.
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
])

// A terminal acts on most of these when they are pasted.
const unsafe = /[^\P{Cc}\n\t]/u

/** The command that sends a request again, for a POSIX shell. */
export function toCurl({ method, url, headers, body }: Detail, receiver: string): string {
  const kept = headers.filter(([name]) => !ofConnection.has(name.toLowerCase()))
  const words = ['curl', '-i', '--globoff', '--path-as-is']
  if (method === 'HEAD') words.push('--head')
  else words.push('-X', quote(method))
  words.push(quote(`${receiver}${url}`))
  for (const [name, value] of kept) words.push('-H', quote(value === '' ? `${name};` : `${name}: ${value}`))
  if (body.length === 0) return words.join(' ')
  // It would make up a type for a body that has none.
  if (!kept.some(([name]) => name.toLowerCase() === 'content-type')) words.push('-H', quote('content-type:'))
  const text = toText(toBytes(body.base64))
  if (text !== undefined && !unsafe.test(text)) return [...words, '--data-raw', quote(text)].join(' ')
  return `printf %s ${quote(body.base64)} | base64 -d | ${words.join(' ')} --data-binary @-`
}

function quote(text: string): string {
  return /^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
