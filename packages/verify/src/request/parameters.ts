/** A header value with parameters, such as `form-data; name="a"`. */
export interface ParameterizedValue {
  /** In lowercase. */
  readonly value: string
  /** By lowercase name. If a name is repeated, the first one counts. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Parses a header value with parameters (RFC 9110, section 5.6.6); anything else is skipped. */
export function parseParameters(header: string): ParameterizedValue {
  const parameters = new Map<string, string>()
  let at = findSemicolon(header, 0)
  const value = header.slice(0, at).trim().toLowerCase()
  while (at < header.length) {
    const end = findSemicolon(header, at + 1)
    const segment = header.slice(at + 1, end)
    const equals = segment.indexOf('=')
    const name = segment.slice(0, Math.max(equals, 0)).trim().toLowerCase()
    const unquoted = segment.slice(equals + 1).trimStart()
    const isQuoted = unquoted.startsWith('"')
    const start = end - unquoted.length + 1
    const close = isQuoted ? findClosingQuote(header, start) : end
    if (equals >= 0 && !parameters.has(name)) {
      parameters.set(name, isQuoted ? unescapeQuoted(header.slice(start, close)) : unquoted.trimEnd())
    }
    at = isQuoted ? findSemicolon(header, close) : end
  }
  return { value, parameters }
}

function findSemicolon(header: string, from: number): number {
  const at = header.indexOf(';', from)
  return at < 0 ? header.length : at
}

function findClosingQuote(header: string, from: number): number {
  for (let at = from; at < header.length; at++) {
    if (header[at] === '"') return at
    if (header[at] === '\\') at++
  }
  // Browsers do not escape a backslash at the end of a name.
  return header.endsWith('"') ? header.length - 1 : header.length
}

// Go, Java and curl before 7.81 write `\"` and `\\`. Browsers do not escape backslashes, such as those in a Windows
// path: a backslash before any other character shows that the sender does not escape.
function unescapeQuoted(quoted: string): string {
  const pairs = quoted.match(/\\[\s\S]?/g) ?? []
  const isEscaped = pairs.every((pair) => pair === '\\\\' || pair === '\\"')
  return isEscaped ? quoted.replace(/\\([\s\S])/g, '$1') : quoted
}
