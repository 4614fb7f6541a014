/** Caches the result for the last argument, because consecutive URLs often have the same redirect and lifetime. */
export function memoizeLast<Input, T>(compute: (input: Input) => T): (input: Input) => T {
  let last: { readonly input: Input; readonly value: T } | undefined
  return (input) => {
    if (last === undefined || last.input !== input) last = { input, value: compute(input) }
    return last.value
  }
}
