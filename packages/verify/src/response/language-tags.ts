// Languages, and scripts of other languages, that are written from right to left.
const rightToLeft =
  /^(?:ar|arc|ckb|dv|fa|he|iw|ji|ks|nqo|ps|sd|syr|ug|ur|yi)(?:$|-(?!latn|deva|cyrl))|-(?:adlm|arab|hebr|nkoo|syrc|thaa)(?:-|$)/i

/** The direction in which a language is written. */
export function getDirection(tag: string): 'ltr' | 'rtl' {
  return rightToLeft.test(tag) ? 'rtl' : 'ltr'
}

/**
 * Finds the entry for a language tag: the tag itself, or without subtags at its end (RFC 4647, section 3.4). Keys are in
 * lower case.
 */
export function lookUp<T>(tag: string, entries: ReadonlyMap<string, T>): T | undefined {
  let range = tag.toLowerCase()
  while (range !== '') {
    const entry = entries.get(range)
    if (entry !== undefined) return entry
    // A single letter or digit, such as the `x` of a private subtag, is removed together with what follows it.
    range = range.replace(/(?:^|-)[^-]*$/, '').replace(/-[^-]$/, '')
  }
  return undefined
}
