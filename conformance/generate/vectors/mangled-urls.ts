const base = 'https://bot.example.com/hooks'

/** A name, and what becomes of a URL or token. */
export type Mangling = readonly [name: string, mangle: (token: string) => string]

/** What the programs between a minter and a receiver do to a URL or token that is still valid. */
export const manglings: readonly Mangling[] = [
  // Invisible characters
  ...[
    ['a zero-width space', '\u200b'],
    ['a zero-width non-joiner', '\u200c'],
    ['a zero-width joiner', '\u200d'],
    ['a left-to-right mark', '\u200e'],
    ['a right-to-left override', '\u202e'],
    ['a word joiner', '\u2060'],
    ['a directional isolate', '\u2068'],
    ['a soft hyphen', '\u00ad'],
    ['a byte order mark', '\ufeff'],
    ['a Mongolian vowel separator', '\u180e'],
    ['an Arabic letter mark', '\u061c'],
    ['a variation selector', '\ufe0f'],
    ['a combining grapheme joiner', '\u034f'],
    ['a Hangul filler', '\u3164'],
    ['twenty zero-width spaces', '\u200b'.repeat(20)],
  ].map(([name, character]): Mangling => [`${name} inside`, (token) => `${base}/${insert(token, `${character}`)}`]),
  ['a zero-width space after every character', (token) => [...`${base}/${token}`].join('\u200b')],
  ['a zero-width space at the end', (token) => `${base}/${token}\u200b`],
  ['a percent-encoded zero-width space at the end', (token) => `${base}/${token}%E2%80%8B`],
  ['a percent-encoded soft hyphen inside', (token) => `${base}/${insert(token, '%C2%AD')}`],
  ['a zero-width space percent-encoded twice', (token) => `${base}/${insert(token, '%25E2%2580%258B')}`],
  ['a zero-width space before the parameter', (token) => `${base}?\u200bt=${token}`],
  ['a percent-encoded zero-width space before the parameter', (token) => `${base}?%E2%80%8Bt=${token}`],

  // Quoted-printable
  ['a soft line break', (token) => `${base}/${insert(token, '=\r\n')}`],
  ['a soft line break that lost its carriage return', (token) => `${base}/${insert(token, '=\n')}`],
  ['a soft line break with a space before its end', (token) => `${base}/${insert(token, '= \r\n')}`],
  ['a percent-encoded soft line break', (token) => `${base}/${insert(token, '=%0D%0A')}`],
  ['lines of 76 characters in quoted-printable', (token) => encodeQuotedPrintable(`${base}?a=1&t=${token}&b=2`)],
  ['lines of 20 characters in quoted-printable', (token) => encodeQuotedPrintable(`${base}?t=${token}`, 20)],
  ['an equals sign in quoted-printable', (token) => `${base}?a=3D1&t=3D${token}&b=3D2`],
  ['a soft line break before the equals sign', (token) => `${base}?t=\r\n=3D${token}`],
  ['a soft line break after the equals sign', (token) => `${base}?t=3D=\r\n${token}`],
  ['a line break after the equals sign', (token) => `${base}?t=\r\n${token}`],
  ['a dot at the start of a line in quoted-printable', (token) => `${base}/${token.replace(/\.(?!\.)/, '=\r\n=2E')}`],
  ['dots, hyphens and underscores in quoted-printable', (token) => `${base}/${quote(token, /[._-]/g)}`],
  ['a space at the end in quoted-printable', (token) => `${base}/${token}=20`],
  ['a no-break space at the end in quoted-printable', (token) => `${base}/${token}=C2=A0`],
  ['a zero-width space in quoted-printable', (token) => `${base}/${insert(token, '=E2=80=8B')}`],

  // Lines
  ['quoted in a reply', (token) => `> ${base}/${insert(token, '\r\n> ')}`],
  ['quoted in a reply to a reply', (token) => `${base}/${insert(token, '\n> > ')}`],
  ['continued in a shell', (token) => `${base}/${insert(token, '\\\n')}`],
  ['a no-break space at the end', (token) => `${base}/${token}\u00a0`],
  ['a line separator inside', (token) => `${base}/${insert(token, '\u2028')}`],

  // Punctuation after the URL
  ...[...'。，、；：！？）」』】》〉〕］…’”»›؟،؛।｡', ...'!;:*~]}+'].map(
    (mark): Mangling => [`${mark} at the end`, (token) => `${base}/${token}${mark}`],
  ),
  ['。 percent-encoded at the end', (token) => `${base}/${token}%E3%80%82`],
  ['Chinese text after a comma', (token) => `${base}/${token}，请点击`],
  ['Japanese text in brackets', (token) => `${base}/${token}（本日中）です`],
  ['an ellipsis and the rest of a sentence', (token) => `${base}/${token}…soon`],
  ['bold in Markdown', (token) => `**${base}/${token}**`],
  ['a link in Markdown', (token) => `[Open](${base}/${token})`],
  ['a URL as the text of its link in Markdown', (token) => `[${base}/${token}](${base}/${token}).`],
  ['a hidden link of Discord', (token) => `||<${base}/${token}>||`],
  ['a terminal hyperlink and a zero-width space', (token) => `Open (${base}/${token}\u200b)`],
  ['struck through in a chat', (token) => `~${base}/${token}~`],
  ['in a template', (token) => `{{${base}/${token}}}`],
  ['a backslash and a quote', (token) => `${base}/${token}\\"`],
  ['an escaped line break', (token) => `${base}/${token}\\nThanks`],
  ['the end of a link in HTML', (token) => `<a href="${base}/${token}">Open</a>`],

  // Added to the URL
  ['a session in the path', (token) => `${base}/${token};jsessionid=0A1B2C3D4E5F`],
  ['a session in the path and a query', (token) => `${base}/${token};jsessionid=0A1B2C.node1?status=ok`],
  ['a percent-encoded session in the path', (token) => `${base}/${token}%3Bjsessionid%3D0A1B`],
  ['a matrix parameter', (token) => `${base}/${token};v=1.2`],
  ['a session after the parameter', (token) => `${base}?t=${token};jsessionid=0A1B`],
  ['a label of Slack', (token) => `<${base}/${token}|Click here>`],
  ['a URL as its own label in Slack', (token) => `<${base}/${token}|${base}/${token}>`],
  ['a label of Slack after the parameter', (token) => `<${base}?t=${token}|Click here>`],
  ['a label of Slack with slashes', (token) => `<${base}/${token}|and/or?>`],
  ['a percent-encoded label of Slack', (token) => `${base}/${token}%7CClick%20here%3E`],

  // Escaped or encoded
  ['percent-encoded', (token) => encodeURIComponent(`${base}/${token}`)],
  ['percent-encoded twice', (token) => encodeURIComponent(encodeURIComponent(`${base}/${token}?a=b#c`))],
  ['percent-encoded with a parameter', (token) => encodeURIComponent(`${base}?a=1&t=${token}&b=2`)],
  ['percent-encoded in lower case', (token) => encodeURIComponent(`${base}/${token}`).replaceAll('%2F', '%2f')],
  ['slashes escaped in HTML', (token) => `${base}/${token}`.replaceAll('/', '&#x2F;')],
  ['slashes escaped in HTML in decimal', (token) => `${base}/${token}`.replaceAll('/', '&#47;')],
  ['equals signs escaped in HTML', (token) => `${base}?a&#x3D;1&amp;t&#x3D;${token}`],
  ['equals signs escaped in HTML without a semicolon', (token) => `${base}?t&#x3D${token}`],
  ['ampersands escaped in HTML in decimal', (token) => `${base}?a=1&#038;t=${token}&#038;b=2`],
  ['ampersands escaped twice in HTML', (token) => `${base}?a=1&amp;amp;t=${token}&amp;amp;b=2`],
  ['slashes escaped in JSON', (token) => `${base}/${token}`.replaceAll('/', '\\/')],
  ['ampersands and equals signs escaped in JSON', (token) => `${base}?a\\u003d1\\u0026t\\u003d${token}`],

  // Bare tokens
  ['a bare token in quotes', (token) => `"${token}"`],
  ['a bare token in apostrophes', (token) => `'${token}'`],
  ['a bare token in backticks', (token) => `\`${token}\``],
  ['a bare token in curly quotes', (token) => `“${token}”`],
  ['a bare token in German quotes', (token) => `„${token}“`],
  ['a bare token in guillemets', (token) => `«${token}»`],
  ['a bare token after Bearer', (token) => `Bearer ${token}`],
  ['a bare token after bearer and two spaces', (token) => `bearer  ${token}`],
  ['a bare token after Bearer, in quotes', (token) => `"Bearer ${token}"`],
  ['a bare token in quotes after Bearer', (token) => `Bearer "${token}"`],
  ['a bare token between invisible characters', (token) => `\ufeff\u200e${token} \u200b`],
]

/** What makes a URL or token invalid, and the code of the rejection. */
export const rejectedManglings: readonly (readonly [...Mangling, code: string])[] = [
  ['truncated before an ellipsis', (token) => `${base}/${token.slice(0, -9)}…`, 'malformed_token'],
  ['a mark before the last character', (token) => `${base}/${token.slice(0, -1)}。A`, 'malformed_token'],
  ['padded before a mark', (token) => `${base}/${token}=。`, 'malformed_token'],
  ['padded in quoted-printable', (token) => `${base}/${token}=3D`, 'malformed_token'],
  ['an equals sign inside', (token) => `${base}/${insert(token, '=')}`, 'malformed_token'],
  ['a typographic dash for a hyphen', (token) => `${base}/${insert(token, '–')}`, 'malformed_token'],
  ['a letter in quoted-printable', (token) => `${base}/=65${token.slice(1)}`, 'no_token'],
  ['percent-encoded three times', (token) => encode(`${base}/${token}`, 3), 'malformed_token'],
  ['a bare token with a quote before it', (token) => `"${token}`, 'malformed_token'],
  ['a bare token after Basic', (token) => `Basic ${token}`, 'malformed_token'],
  ['a bare token in two pairs of quotes', (token) => `"""${token}"""`, 'malformed_token'],
  ['a bare token with a zero-width space inside', (token) => insert(token, '\u200b'), 'malformed_token'],
  ['a bare token in quoted-printable', (token) => insert(token, '=\r\n'), 'malformed_token'],
  ['wrapped by Outlook Safe Links', (token) => wrap(token, 'nam02.safelinks.protection.outlook.com/?url='), 'no_token'],
  ['wrapped by Facebook', (token) => wrap(token, 'l.facebook.com/l.php?u='), 'no_token'],
  ['wrapped by Google', (token) => wrap(token, 'www.google.com/url?q='), 'no_token'],
  [
    'wrapped by Proofpoint, version 3',
    (token) => `https://urldefense.com/v3/__${base}/${token}__;!!abc!def$`,
    'malformed_token',
  ],
]

/** Two tokens in one URL, where something separates them that is ignored after one. */
export const ambiguousManglings: readonly (readonly [string, (one: string, other: string) => string])[] = [
  ['a token in a path parameter', (one, other) => `${base}/${one};t=${other}`],
  ['a token as the label of Slack', (one, other) => `<${base}/${one}|${other}>`],
  ['a token after a mark', (one, other) => `${base}/${one}。${other}`],
  ['a URL percent-encoded entirely', (one, other) => encodeURIComponent(`${base}/${one}?t=${other}`)],
  ['a parameter in quoted-printable', (one, other) => `${base}/${one}?t=3D${other}`],
]

function insert(token: string, text: string): string {
  return token.slice(0, 30) + text + token.slice(30)
}

function quote(text: string, characters: RegExp): string {
  return text.replace(characters, (character) => `=${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function encodeQuotedPrintable(text: string, width = 76): string {
  const pieces = quote(text, /=/g).match(new RegExp(`(?:=..|[^=]){1,${width - 3}}`, 'g')) as string[]
  return pieces.join('=\r\n')
}

function encode(text: string, times: number): string {
  return times === 0 ? text : encode(encodeURIComponent(text), times - 1)
}

function wrap(token: string, prefix: string): string {
  return `https://${prefix}${encodeURIComponent(`${base}/${token}`)}&data=05%7C01`
}
