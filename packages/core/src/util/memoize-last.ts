/** The same function, which does not compute again what it was asked last: many URLs have one redirect and lifetime. */
export function memoizeLast<Given, T>(compute: (given: Given) => T): (given: Given) => T {
  let last: { readonly given: Given; readonly value: T } | undefined
  return (given) => {
    if (last === undefined || last.given !== given) last = { given, value: compute(given) }
    return last.value
  }
}
