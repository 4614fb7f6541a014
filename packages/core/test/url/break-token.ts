/** What breaks tokens in mails, logs, terminals, source files and web pages. */
export const separators: readonly string[] = [
  // Lines, with quoting and indentation
  ...[
    '\n',
    '\r',
    '\r\n',
    '\u0085',
    '\u2028',
    '\u2029',
    '\n    ',
    '\r\n\t',
    '\n> ',
    '\n>> ',
    '\n> > ',
    '\n| ',
    '\n+ ',
    '\n- ',
  ],
  ...['\n# ', '\n * ', '\n// ', '=\n', '=\r\n', '\\\n', ' \\\n  ', "' +\n    '", '",\n    "', '<br/>\n', ' \n'],
  // Spaces and characters that are not visible
  ...[
    ' ',
    '  ',
    '\t',
    '\u00a0',
    '\u3000',
    '\u200b',
    '\u200c',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u00ad',
    '\u202e',
    '\u034f',
    '\0',
    '\u0007',
  ],
  // Punctuation
  ...[
    '"',
    "'",
    '`',
    '\u201d',
    ',',
    ', ',
    ':',
    '"+"',
    '" + "',
    '" "',
    '> ',
    '| ',
    '](',
    '***',
    '~',
    '!',
    '@',
    '#',
    '$',
    '^',
    '*',
    '+',
    '=',
  ],
  ...['{', '}', '[', ']', '(', ')', '?', '/', '|', '\u2026', '...', ' ... ', '\u2014', '\u{1f600}', '\ud800'],
  // Escapes and markup
  ...[
    '%0A',
    '%0D%0A',
    '%250A',
    '%20',
    '%2520',
    '%09',
    '%22',
    '%2B',
    '%C2%A0',
    '%E2%80%8B',
    '%F0%9F%98%80',
    '\\n',
    '\\r\\n',
    '\\t',
  ],
  ...[
    '\\u200b',
    '\\u0000',
    '\\x00',
    '&shy;',
    '&nbsp;',
    '&#8203;',
    '&#x200B;',
    '&ZeroWidthSpace;',
    '&amp;#8203;',
    '<wbr>',
    '<br>',
  ],
  ...[
    '<br />',
    '</b><b>',
    '<span class="a">',
    '\u001b[31m',
    '\u001b[0m',
    '\u001b[1;32m',
    '\u001b[0m\u001b[K',
    '\\u001b[0m',
    '\u009b0m',
  ],
]

/** Separators that are the beginning or the end of an escape or of markup, if others are mixed with them. */
export const ambiguousSeparators: readonly string[] = ['&', ';', '<', '>', '<>', '&;', '\\', '\\\\']

/** Breaks a string before each position; the separators are used in turn. */
export function breakText(text: string, positions: readonly number[], used: readonly string[]): string {
  const cuts = [...new Set(positions)].filter((cut) => cut > 0 && cut < text.length).sort((one, other) => one - other)
  const pieces = [0, ...cuts].map((cut, index) => text.slice(cut, cuts[index]))
  return pieces.reduce((broken, piece, index) => broken + used[(index - 1) % used.length] + piece)
}
