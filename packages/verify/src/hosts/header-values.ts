/**
 * Returns the values of a header. Hosts that imitate Node's requests may also set numbers, alone or in an array. Values
 * of other types are skipped.
 */
export function toHeaderValues(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.flatMap((item) => (typeof item === 'string' || typeof item === 'number' ? [String(item)] : []))
}

/** Appends a header. Invalid names and values are skipped, because the callers cannot reject the request. */
export function appendHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value)
  } catch {}
}
