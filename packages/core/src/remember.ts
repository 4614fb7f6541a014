/** The same function, which does not compute again what it was asked last: many URLs have one redirect. */
export function rememberLast<T>(compute: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | undefined
  return (text) => {
    if (last === undefined || last.text !== text) last = { text, value: compute(text) }
    return last.value
  }
}
