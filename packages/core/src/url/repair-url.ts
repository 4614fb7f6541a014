/**
 * The characters that are not displayed: those of Default_Ignorable_Code_Point (Unicode, section 5.21) in the Basic
 * Multilingual Plane, for a class of a regular expression.
 */
export const invisible: string = String.raw`\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8`

// What programs that encode an email write as `=` and two digits (RFC 2045, section 6.7): `=`; a dot or hyphen at the
// start of a line; `_`; whitespace at the end of a line; and every byte that is not ASCII.
const quotedBytes = /=(2[0DE]|3D|5F|0[9AD]|[89A-F][0-9A-F])/g
// Printable ASCII without a backslash. A URL of these needs no repair, unless its `&` are escaped.
const plain = /^[!-[\]-~]*$/
// Where the characters between the parts of a URL may be escaped. `#` is searched for, not `&`: a target may contain
// thousands of `&`, and V8 would compare at each.
const escapeStart = /#(?<=&#)|\\u00/g
// A slash, `&` or `=`, as HTML and JSON escape them.
const escaped = /&#(?:(x2[fF]|47)|(x26|0?38)|x3[dD]|61);?|\\u00(?:(26)|3[dD])/y
// A URL with more of them is not a hook URL.
const MAX_ESCAPES = 256
// A line that continues: in quoted-printable, and in a shell. After the name of the parameter `t`, `=` is its own.
const softBreak = /([?&;]t=)[ \t]*\r?\n|[=\\][ \t]*\r?\n/g
// A line break with the quoting of a reply, or characters that are not displayed.
const ignored = new RegExp(
  String.raw`[\r\n\u2028\u2029][\s>]*|[ \t\v\f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000${invisible}]+`,
  'g',
)
const ignoredCharacter = new RegExp(String.raw`[\s${invisible}]`)

/** Removes what is ignored in a URL, and undoes the escaping of HTML and JSON between its parts. */
export function repairUrl(text: string): string {
  return plain.test(text) && !text.includes('#') ? text : removeIgnored(unescapeDelimiters(text))
}

/** Removes soft line breaks, whitespace and invisible characters. */
export function removeIgnored(text: string): string {
  return ignoredCharacter.test(text) ? text.replace(softBreak, '$1').replace(ignored, '') : text
}

/** Removes whitespace and invisible characters from both ends. */
export function trimIgnored(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && ignoredCharacter.test(text[start] as string)) start++
  while (end > start && ignoredCharacter.test(text[end - 1] as string)) end--
  return text.slice(start, end)
}

/** Converts quoted-printable to percent-encoding, which has the same length. */
export function decodeQuotedPrintable(text: string): string {
  return text.includes('=') ? text.replace(quotedBytes, '%$1') : text
}

/** Decodes the characters between the parts of a URL, where HTML or JSON escapes them, unless there are more than 256. */
export function unescapeDelimiters(text: string): string {
  let result = ''
  let start = 0
  escapeStart.lastIndex = 0
  for (let count = 0; escapeStart.test(text); count++) {
    if (count === MAX_ESCAPES) return text
    // `&#` was found at its second character.
    const at = escapeStart.lastIndex
    escaped.lastIndex = text[at - 1] === '#' ? at - 2 : at - 4
    const match = escaped.exec(text)
    if (match === null) continue
    const [, slash, ampersand, unicodeAmpersand] = match
    result += text.slice(start, match.index)
    if (slash !== undefined) result += '/'
    else result += (ampersand ?? unicodeAmpersand) === undefined ? '=' : '&'
    start = escaped.lastIndex
    escapeStart.lastIndex = start
  }
  return start === 0 ? text : result + text.slice(start)
}
