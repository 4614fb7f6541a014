/** What programs do to a URL. More than one may apply. */
const changes: readonly { readonly pattern: RegExp; readonly text: string }[] = [
  { pattern: /=\r?\n|=3D/, text: 'It is encoded as quoted-printable, as in the source of an email.' },
  { pattern: /(?<!=\r?)\n|[^\S\r\n]/, text: 'It contains line breaks or spaces.' },
  { pattern: /%[\da-f]{2}/i, text: 'It is percent-encoded.' },
  { pattern: /&(?:amp|#\w{1,6});/i, text: 'It is escaped for HTML.' },
  { pattern: /\\u[\da-f]{4}/i, text: 'It is escaped for JSON.' },
]

/** Describes how the text that contains a valid token differs from what was minted. */
export function describeChanges(text: string, token: string): string[] {
  const count = text.split(token).length - 1
  if (count > 1) return [`The token is in the text ${count} times, for example because the URL was pasted twice.`]
  if (count === 1) return []
  const found = changes.filter(({ pattern }) => pattern.test(text)).map((change) => change.text)
  return found.length > 0 ? found : ['It contains characters that do not belong to it.']
}
