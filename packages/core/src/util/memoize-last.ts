/** Caches the result of the last argument: many URLs in a row have the same redirect and lifetime. */
export function memoizeLast<Input, T>(compute: (input: Input) => T): (input: Input) => T {
  let last: { readonly input: Input; readonly value: T } | undefined
  return (input) => {
    if (last === undefined || last.input !== input) last = { input, value: compute(input) }
    return last.value
  }
}
