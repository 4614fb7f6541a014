import { MAX_BOUNDARY_LENGTH } from './body-limits.ts'
import { decodeText, findEncoding, type TextEncoding, utf8 } from './charset.ts'
import { decodePercent, type FormResult } from './form.ts'
import { createFieldEncodings } from './form-charset.ts'
import { type ParameterizedValue, parseParameters } from './parameters.ts'
import { type RawPart, splitParts } from './split-parts.ts'

/** The headers of a part that matter for a form. */
interface PartHeaders {
  readonly name: string
  readonly fileName: string | undefined
  /** The complete content type, as received. */
  readonly contentType: string | undefined
  readonly mediaType: ParameterizedValue
}

const octetStream = 'application/octet-stream'
// The only characters that browsers and curl encode in names (HTML Standard, multipart/form-data encoding algorithm).
const encodedInNames: Readonly<Record<string, string>> = { '%22': '"', '%0D': '\r', '%0A': '\n' }
const malformed: FormResult = { ok: false, code: 'malformed_body' }

/**
 * Parses multipart/form-data (RFC 7578). Parts with a file name or of type `application/octet-stream` become files. A
 * file's type is the content type of the part, including parameters.
 */
export function parseMultipart(
  body: Uint8Array,
  { boundary, charset }: { boundary: string | undefined; charset: string | undefined },
): FormResult {
  if (boundary === undefined || boundary === '' || boundary.length > MAX_BOUNDARY_LENGTH) return malformed
  const raw = splitParts(body, boundary)
  if (!raw.ok) return raw
  const names = raw.parts.map(({ header }) => parseHeaders(utf8.decode(header))?.name)
  const getField = (name: string): string | undefined => {
    const part = raw.parts[names.indexOf(name)]
    return part && utf8.decode(part.content)
  }
  const getEncoding = createFieldEncodings(findEncoding(charset), getField)
  const pairs = raw.parts.map((part, at) => toPair(part, getEncoding(names[at] ?? '')))
  return pairs.every((pair) => pair !== undefined) ? { ok: true, pairs } : malformed
}

function toPair({ header, content }: RawPart, encoding: TextEncoding): readonly [string, string | File] | undefined {
  const headers = parseHeaders(encoding.decode(header))
  if (headers === undefined) return undefined
  const { name, fileName, contentType, mediaType } = headers
  if (fileName === undefined && mediaType.value !== octetStream) {
    return [name, decodeText(content, findEncoding(mediaType.parameters.get('charset')), encoding)]
  }
  return [name, new File([content as Uint8Array<ArrayBuffer>], fileName ?? '', { type: contentType ?? octetStream })]
}

function parseHeaders(text: string): PartHeaders | undefined {
  const headers = new Map<string, string>()
  // A line that begins with whitespace continues the line before it (RFC 5322, section 2.2.3).
  for (const line of text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase()
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim())
  }
  const { parameters } = parseParameters(headers.get('content-disposition') ?? '')
  const name = parameters.get('name')
  if (name === undefined) return undefined
  const contentType = headers.get('content-type')
  const fileName = parseExtendedName(parameters.get('filename*')) ?? decodeName(parameters.get('filename'))
  return { name: decodeName(name), fileName, contentType, mediaType: parseParameters(contentType ?? '') }
}

function decodeName<T extends string | undefined>(name: T): T {
  return name?.replace(/%(?:22|0D|0A)/g, (encoded) => encodedInNames[encoded] as string) as T
}

// RFC 8187, section 3.2: the charset, a language and the percent-encoded name, separated by single quotation marks.
function parseExtendedName(value: string | undefined): string | undefined {
  const [charset, , ...name] = value?.split("'") ?? []
  if (name.length === 0) return undefined
  // Here, a plus sign does not mean a space.
  const bytes = new TextEncoder().encode(name.join("'").replaceAll('+', '%2B'))
  return (findEncoding(charset) ?? utf8).decode(decodePercent(bytes))
}
