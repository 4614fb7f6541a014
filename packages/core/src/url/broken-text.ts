import { invisible } from './repair-url.ts'

/** A piece of a token or key that may be broken: its characters without percent-encoding, and its position. */
export interface Piece {
  readonly text: string
  readonly start: number
  readonly end: number
}

// A piece this long after a separator belongs to the token or key before it.
const MIN_PIECE_LENGTH = 16

/** Whether the pieces so far, including this one, are complete, or can never be completed. */
export type PieceCheck = (piece: Piece) => 'complete' | 'incomplete' | 'impossible'

interface SeparatorParts {
  readonly blank: string
  readonly lineBreak: string
  readonly mark: string
  /** What may follow quoting and indentation. */
  readonly bullet: string
}

// An escape may have been percent-encoded again.
const percent = '%(?:25)?'
const hex = '[\\da-fA-F]'
const blank = String.raw`(?:[^\S\r\n\u2028\u2029]|[${invisible}]|${percent}(?:09|20))`
const lineBreak = String.raw`(?:\r\n?|[\n\u0085\u2028\u2029]|${percent}0[dD](?:${percent}0[aA])?|${percent}0[aA])`
const mark = `(?:${[
  `${percent}[c-fC-F]${hex}(?:${percent}[89abAB]${hex}){1,3}`, // a percent-encoded character that is not ASCII
  `${percent}(?:[01]${hex}|2[\\da-cA-CfF]|3[a-fA-F]|40|5[b-eB-E]|60|7[b-fB-F])`, // one that is ASCII
  String.raw`\.{3}`, // an ellipsis: a token has at most two dots in a row
  String.raw`[^\w.\s${invisible}\u0085-]`,
].join('|')})`
const markup = [
  String.raw`(?:(?:\x1b|\\{1,2}(?:u00|x)1[bB]|\\033)\[|\u009b)[\d;:?]{0,20}[a-zA-Z]`, // a terminal color code (ECMA-48)
  String.raw`&(?:amp;)?(?:#\d{1,7}|#[xX]${hex}{1,6}|[a-zA-Z]{2,24});`, // an HTML entity
  String.raw`<\/?[a-zA-Z]{1,9}(?: [a-zA-Z][^<>\r\n]{0,80}| ?\/)?>`, // an HTML tag
  String.raw`\\{1,2}(?:u${hex}{4}|x${hex}{2})`, // an escape of a JSON string, which may be in another one
].join('|')

const plainParts: SeparatorParts = { blank, lineBreak, mark, bullet: '' }
const markupParts: SeparatorParts = {
  blank: String.raw`(?:${blank}|\\{1,2}t)`,
  lineBreak: String.raw`(?:${lineBreak}|\\{1,2}r(?:\\{1,2}n)?|\\{1,2}n|<(?:br|BR) ?\/?>)`,
  mark: String.raw`(?:${markup}|(?!\\{1,2}[nrt])${mark})`,
  bullet: '',
}
// The hyphen of a list or of a diff.
const widestSeparator = formatSeparator({ ...markupParts, bullet: String.raw`(?:- (?=[\w.-]))?` })

/**
 * Sticky expressions for what may separate two pieces: any number of invisible characters; at most three other characters
 * with spaces around them; or a line break with such characters before it and quoting or indentation after it. In the first two, markup and escapes count
 * as one character. What one of them reads as a hyphen, as markup or as an escape may be a piece for the next one. All
 * of them may match the empty string.
 */
export const separators: readonly [RegExp, RegExp, RegExp] = [
  new RegExp(widestSeparator, 'y'),
  new RegExp(formatSeparator(markupParts), 'y'),
  new RegExp(formatSeparator(plainParts), 'y'),
]

// Without one of these, all separators find the same pieces.
const ambiguous = /[&<\\\x1b\u009b]|- /
const MAX_SEPARATOR_LENGTH = 100
const plainCharacters = /[\w-]{1,64}|\.{1,2}(?!\.)/y

/** Reads the characters `A–Z a–z 0–9 - _ .` at a position, percent-encoded or not, until it has at least `enough`. */
export function readPiece(source: string, start: number, enough: number = Number.POSITIVE_INFINITY): Piece {
  let text = ''
  let end = start
  while (text.length < enough) {
    plainCharacters.lastIndex = end
    const plain = plainCharacters.exec(source)?.[0]
    const next = plain === undefined ? readEscape(source, end) : { text: plain, end: end + plain.length }
    if (next === undefined) break
    text += next.text
    end = next.end
  }
  return { text, start, end }
}

/** Reads the piece after a separator. Returns `undefined` if there is none. */
export function readNextPiece(source: string, end: number, separator: RegExp): Piece | undefined {
  const start = skip(source, end, separator)
  if (start === end) return undefined
  const piece = readPiece(source, start)
  return piece.text === '' ? undefined : piece
}

/** Joins pieces of any length, starting at a position, until they are complete. */
export function readComplete(source: string, start: number, createCheck: () => PieceCheck): Piece | undefined {
  for (const separator of separators) {
    const check = createCheck()
    const parts: string[] = []
    let end = start
    let piece: Piece | undefined = readPiece(source, start)
    while (piece !== undefined) {
      parts.push(piece.text)
      end = piece.end
      const state = check(piece)
      if (state === 'complete') return { text: parts.join(''), start, end }
      piece = state === 'impossible' ? undefined : readNextPiece(source, end, separator)
    }
    if (!ambiguous.test(source.slice(start, end + MAX_SEPARATOR_LENGTH))) break
  }
  return undefined
}

/** Joins the pieces after the first one that are so long that they belong to it. */
export function readLongPieces(source: string, first: Piece, isOther: (piece: Piece) => boolean): Piece {
  let { text, end } = first
  let next = readNextPiece(source, end, separators[0])
  while (next !== undefined && next.text.length >= MIN_PIECE_LENGTH && !isOther(next)) {
    text += next.text
    end = next.end
    next = readNextPiece(source, end, separators[0])
  }
  return { text, start: first.start, end }
}

/** Creates an expression that finds a word in any case, percent-encoded or not, even if it is broken. */
export function createBrokenPattern(word: string): RegExp {
  return new RegExp([...word].map(formatCharacter).join(`(?:${widestSeparator})?`), 'g')
}

function formatSeparator({ blank, lineBreak, mark, bullet }: SeparatorParts): string {
  const marks = `(?:${blank}{0,3}${mark}){0,3}`
  const wrapped = `${marks}${blank}{0,80}${lineBreak}(?:${blank}|[>|]){0,80}${bullet}(?:${mark}${blank}{0,3}){0,3}`
  return `(?:[${invisible}]{4,}|${wrapped}|${marks}${blank}{0,3})`
}

function formatCharacter(character: string): string {
  const cases = [...new Set([character.toLowerCase(), character.toUpperCase()])]
  const codes = cases.map((one) =>
    one
      .charCodeAt(0)
      .toString(16)
      .replace(/[a-f]/, (digit) => `[${digit}${digit.toUpperCase()}]`),
  )
  return `(?:[${cases.join('')}]|${percent}(?:${codes.join('|')}))`
}

function skip(source: string, at: number, separator: RegExp): number {
  separator.lastIndex = at
  return separator.test(source) ? separator.lastIndex : at
}

// A line may be wrapped inside an escape.
function readEscape(source: string, start: number): { text: string; end: number } | undefined {
  if (source[start] !== '%') return undefined
  let digits = ''
  let end = start + 1
  while (digits.length < 2 || (digits.startsWith('25') && digits.length < 4)) {
    const at = isHexDigit(source[end]) ? end : skip(source, end, separators[0])
    if (!isHexDigit(source[at])) return undefined
    digits += source[at]
    end = at + 1
  }
  const text = String.fromCharCode(Number.parseInt(digits.slice(-2), 16))
  return /[\w.-]/.test(text) ? { text, end } : undefined
}

function isHexDigit(character: string | undefined): boolean {
  return character !== undefined && /[\da-f]/i.test(character)
}
