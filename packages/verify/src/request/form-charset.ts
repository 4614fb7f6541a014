import { findEncoding, type TextEncoding, utf8, withFallback } from './charset.ts'
import { parseJson } from './json.ts'

const MAX_CHARSETS_LENGTH = 4096

/**
 * Returns the encoding of each field of a form: the declared one, or that of the field `_charset_` (RFC 7578, section
 * 4.6), or UTF-8. A field that is invalid in it has the encoding that the fields `charsets` (SendGrid: a JSON object by
 * name), `_charset_` or `charset` (PayPal, Alipay) contain.
 */
export function createFieldEncodings(
  declared: TextEncoding | undefined,
  getField: (name: string) => string | undefined,
): (name: string) => TextEncoding {
  // Names, separators and headers are ASCII, so that only a value can be UTF-16.
  const byHeader = declared?.isUtf16 ? withFallback(utf8, declared) : declared
  const byForm = findAsciiEncoding(getField('_charset_'))
  const fallback = byForm ?? findAsciiEncoding(getField('charset'))
  const byName = parseCharsets(getField('charsets'))
  return (name) => withFallback(byHeader ?? byForm ?? utf8, findAsciiEncoding(byName.get(name)) ?? fallback)
}

// Browsers send forms whose encoding is UTF-16 as UTF-8 (Encoding Standard, section 4.3).
function findAsciiEncoding(label: string | undefined): TextEncoding | undefined {
  const encoding = findEncoding(label)
  return encoding?.isUtf16 ? undefined : encoding
}

function parseCharsets(json: string | undefined): ReadonlyMap<string, string> {
  if (json === undefined || json.length > MAX_CHARSETS_LENGTH) return new Map()
  try {
    const entries = Object.entries(Object(parseJson(json)))
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  } catch {
    return new Map()
  }
}
