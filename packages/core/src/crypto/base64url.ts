// The characters that may end a segment. Their unused bits are zero, so every byte sequence has exactly one encoding
// (RFC 4648 §3.5).
const lastOfTwo = 'AQgw'
const lastOfThree = 'AEIMQUYcgkosw048'

/** Whether a segment of base64url characters is the canonical encoding of some bytes. */
export function isCanonical(segment: string): boolean {
  const rest = segment.length % 4
  if (rest === 0) return true
  if (rest === 1) return false
  return (rest === 2 ? lastOfTwo : lastOfThree).includes(segment[segment.length - 1] as string)
}
