import { memoizeLast } from '@hookurl/core/internal'
import { MAX_CHARSET_LENGTH } from './body-limits.ts'

/** An encoding from the Encoding Standard. A byte order mark is decoded like any other character. */
export interface TextEncoding {
  readonly isUtf16: boolean
  /** Decodes bytes. Invalid bytes become U+FFFD. */
  readonly decode: (bytes: Uint8Array) => string
  /** Decodes bytes. Returns `undefined` if any are invalid. */
  readonly decodeStrictly: (bytes: Uint8Array) => string | undefined
}

export const byteOrderMark = '\ufeff'

// ISO-8859-1, except for the bytes 0x80 to 0x9F.
const windows1252 = String.fromCharCode(...Array(256).keys()).replace(
  /[\x80-\x9f]{32}/,
  '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ',
)
// The byte order marks, and `<?` in UTF-16 (XML 1.0, appendix F).
const signatures: readonly (readonly [label: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  ['utf-16le', [0x3c, 0, 0x3f, 0]],
  ['utf-16be', [0, 0x3c, 0, 0x3f]],
]
const firstBytes: ReadonlySet<number | undefined> = new Set(signatures.map(([, [first]]) => first))
const lessThan = 0x3c
const MAX_PROLOG_SIZE = 256
const MAX_ARGUMENTS = 8192
const encodingInProlog = /\sencoding\s*=\s*["']([\w.:-]+)["']/

/** UTF-8, the default. */
export const utf8: TextEncoding = createEncoding('utf-8')

// Consecutive requests often declare the same charset.
const createFromLabel = memoizeLast((label: string): TextEncoding | undefined => {
  try {
    const { encoding } = new TextDecoder(label)
    return encoding === 'utf-8' ? utf8 : createEncoding(encoding)
  } catch {
    return undefined
  }
})

/** Finds the encoding of a label. Returns `undefined` if the label is unknown, or not supported by the runtime. */
export function findEncoding(label: string | undefined): TextEncoding | undefined {
  return label === undefined || label.length > MAX_CHARSET_LENGTH ? undefined : createFromLabel(label)
}

/** Creates an encoding that uses the second encoding for text that is invalid in the first. */
export function withFallback(encoding: TextEncoding, fallback: TextEncoding | undefined): TextEncoding {
  if (fallback === undefined) return encoding
  return { ...encoding, decode: (bytes) => encoding.decodeStrictly(bytes) ?? fallback.decode(bytes) }
}

/** Detects the encoding from the first bytes of text: a byte order mark, or XML in UTF-16. */
export function findSignature(bytes: Uint8Array): TextEncoding | undefined {
  if (!firstBytes.has(bytes[0])) return undefined
  const [label] = signatures.find(([, signature]) => signature.every((byte, at) => bytes[at] === byte)) ?? []
  return findEncoding(label)
}

/**
 * Decodes text using the first of these: the encoding that its first bytes show, the declared one, that of its XML
 * prolog, the default. Removes a byte order mark.
 */
export function decodeText(bytes: Uint8Array, declared?: TextEncoding, byDefault: TextEncoding = utf8): string {
  return withoutMark((findTextEncoding(bytes, declared) ?? byDefault).decode(bytes))
}

/** Like `decodeText`, but returns `undefined` if any bytes are invalid. */
export function decodeTextStrictly(bytes: Uint8Array, declared?: TextEncoding): string | undefined {
  const text = (findTextEncoding(bytes, declared) ?? utf8).decodeStrictly(bytes)
  return text === undefined ? undefined : withoutMark(text)
}

function findTextEncoding(bytes: Uint8Array, declared: TextEncoding | undefined): TextEncoding | undefined {
  const signature = findSignature(bytes)
  if (signature !== undefined) return signature
  const prolog = readProlog(bytes)
  if (prolog === undefined) return declared
  // A prolog that is readable as ASCII is not UTF-16: .NET writes encoding="utf-16" into strings that become UTF-8.
  return [declared, findEncoding(encodingInProlog.exec(prolog)?.[1])].find((encoding) => encoding?.isUtf16 === false)
}

// XML 1.0, section 2.8: nothing may precede the declaration.
function readProlog(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== lessThan) return undefined
  const start = String.fromCharCode(...bytes.subarray(0, MAX_PROLOG_SIZE))
  return start.startsWith('<?xml') ? start.slice(0, Math.max(start.indexOf('?>'), 0)) : undefined
}

/** Removes a byte order mark. */
export function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text
}

function createEncoding(name: string): TextEncoding {
  // Node 20.18.3 to 24 decode windows-1252 as ISO-8859-1, which lacks the euro sign and typographic quotation marks.
  if (name === 'windows-1252') {
    return { isUtf16: false, decode: decodeWindows1252, decodeStrictly: decodeWindows1252 }
  }
  const lenient = new TextDecoder(name, { ignoreBOM: true })
  const strict = new TextDecoder(name, { ignoreBOM: true, fatal: true })
  return {
    isUtf16: name.startsWith('utf-16'),
    decode: (bytes) => lenient.decode(bytes),
    decodeStrictly: (bytes) => {
      try {
        return strict.decode(bytes)
      } catch {
        return undefined
      }
    },
  }
}

function decodeWindows1252(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes).map((byte) => windows1252.charCodeAt(byte))
  let text = ''
  for (let at = 0; at < units.length; at += MAX_ARGUMENTS) {
    text += String.fromCharCode(...units.subarray(at, at + MAX_ARGUMENTS))
  }
  return text
}
