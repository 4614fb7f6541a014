import { findEncoding, type TextEncoding, utf8, withFallback } from './charset.ts'
import { parseJson } from './json.ts'

const MAX_CHARSETS_LENGTH = 4096

/**
 * Returns the encoding of each field of a form: the declared one, or else the one that the field `_charset_` names (RFC
 * 7578, section 4.6), or else UTF-8. For a field that is invalid in it, the encoding is the one that the field
 * `charsets` (SendGrid: a JSON object keyed by field name), `_charset_` or `charset` (PayPal, Alipay) names.
 */
export function createFieldEncodings(
  declared: TextEncoding | undefined,
  getField: (name: string) => string | undefined,
): (name: string) => TextEncoding {
  // Names, separators and headers are ASCII, so only a value can be UTF-16.
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
