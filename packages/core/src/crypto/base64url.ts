// What the last character of a segment may be: the bits that encode nothing are zero, so that a segment has one
// spelling only (RFC 4648, section 3.5).
const lastOfTwo = 'AQgw'
const lastOfThree = 'AEIMQUYcgkosw048'

/** Whether a segment of the base64url alphabet is the one spelling of some bytes. */
export function isCanonical(segment: string): boolean {
  const rest = segment.length % 4
  if (rest === 0) return true
  if (rest === 1) return false
  return (rest === 2 ? lastOfTwo : lastOfThree).includes(segment[segment.length - 1] as string)
}
