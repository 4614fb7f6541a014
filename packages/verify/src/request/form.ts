import { MAX_PARTS } from './body-limits.ts'
import { decodeText, findEncoding, findSignature, type TextEncoding, utf8 } from './charset.ts'
import { createFieldEncodings } from './form-charset.ts'

/** The fields of a form in order, as pairs of name and value, or the reason why the form is rejected. */
export type FormResult =
  | { readonly ok: true; readonly pairs: readonly (readonly [name: string, value: string | File])[] }
  | { readonly ok: false; readonly code: 'malformed_body' | 'body_too_large' }

type RawPair = readonly [name: Uint8Array, value: Uint8Array]

const [ampersand, equals, percent, plus, space] = [0x26, 0x3d, 0x25, 0x2b, 0x20]

/** Parses application/x-www-form-urlencoded (URL Standard, section 5.1) in any charset. */
export function parseForm(body: Uint8Array, charset: string | undefined): FormResult {
  const { bytes, declared } = toAsciiCompatible(body, findEncoding(charset))
  const raw = splitPairs(bytes)
  if (raw === undefined) return { ok: false, code: 'body_too_large' }
  const names = raw.map(([name]) => utf8.decode(name))
  const getField = (name: string): string | undefined => {
    const value = raw[names.indexOf(name)]?.[1]
    return value && utf8.decode(value)
  }
  const getEncoding = createFieldEncodings(declared, getField)
  const pairs = raw.map(([name, value], at) => {
    const encoding = getEncoding(names[at] as string)
    return [encoding.decode(name), encoding.decode(value)] as const
  })
  return { ok: true, pairs }
}

/** Decodes percent-encoded bytes, and plus signs as spaces. Malformed escapes are kept. */
export function decodePercent(bytes: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    const escaped = byte === percent ? parseHex(bytes[at + 1]) * 16 + parseHex(bytes[at + 2]) : Number.NaN
    if (escaped >= 0) at += 2
    decoded[length++] = escaped >= 0 ? escaped : byte === plus ? space : byte
  }
  return decoded.subarray(0, length)
}

function parseHex(byte: number = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN
}

// A form in UTF-16 contains zero bytes, because its separators have two bytes.
function toAsciiCompatible(
  body: Uint8Array,
  declared: TextEncoding | undefined,
): { bytes: Uint8Array; declared: TextEncoding | undefined } {
  const encoding = findSignature(body) ?? (declared?.isUtf16 && body.includes(0) ? declared : undefined)
  if (encoding === undefined) return { bytes: body, declared }
  return { bytes: new TextEncoder().encode(decodeText(body, encoding)), declared: utf8 }
}

function splitPairs(bytes: Uint8Array): RawPair[] | undefined {
  const pairs: RawPair[] = []
  let separators = 0
  for (let start = 0; start < bytes.length; ) {
    const at = bytes.indexOf(ampersand, start)
    const end = at < 0 ? bytes.length : at
    if (at >= 0 && ++separators >= MAX_PARTS) return undefined
    if (end > start) pairs.push(splitPair(bytes.subarray(start, end)))
    start = end + 1
  }
  return pairs
}

function splitPair(pair: Uint8Array): RawPair {
  const at = pair.indexOf(equals)
  if (at < 0) return [decodePercent(pair), pair.subarray(0, 0)]
  return [decodePercent(pair.subarray(0, at)), decodePercent(pair.subarray(at + 1))]
}
