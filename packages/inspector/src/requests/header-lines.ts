import type { HeaderPair } from '@hookurl/presentation/protocol'

// RFC 9110, section 5.6.2.
const headerName = /^[\w!#$%&'*+.^`|~-]+$/
// The receiver's own connection sets these.
const excluded: ReadonlySet<string> = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding'])

export type HeaderLinesResult =
  | { readonly ok: true; readonly headers: readonly HeaderPair[] }
  | { readonly ok: false; readonly message: string }

/** Formats headers as lines for editing, without those that are set for every connection. */
export function formatHeaderLines(headers: readonly HeaderPair[]): string {
  return headers
    .filter(([name]) => !excluded.has(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
}

/** Parses edited header lines, and reports the first one that is not a header. */
export function parseHeaderLines(text: string): HeaderLinesResult {
  const headers: HeaderPair[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).trim()
    if (!headerName.test(name)) {
      return { ok: false, message: `Header line ${index + 1} is not in the form "Name: value".` }
    }
    const value = line.slice(colon + 1).trim()
    // Node sends headers as Latin-1.
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      return { ok: false, message: `Header line ${index + 1} contains a character that is not allowed in headers.` }
    }
    headers.push([name, value])
  }
  return { ok: true, headers }
}
