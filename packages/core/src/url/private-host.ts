// Special-use names (RFC 6761, RFC 6762, RFC 8375, and `internal`, which ICANN reserved in 2024).
const privateName = /^(?:(?:.*\.)?(?:local|localhost|internal|test|home\.arpa))\.?$/
const singleLabel = /^[^.:]+\.?$/
const ipv4Address = /^(\d+)\.(\d+)\.\d+\.\d+$/

/**
 * Whether the host of a parsed URL is certainly not public: a name that is not in the public DNS, or an address of this
 * machine or of a private network (RFC 1918, RFC 3927, RFC 6598, RFC 4193).
 */
export function isPrivateHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPrivateIpv6(hostname.slice(1, -1))
  const [, first, second] = ipv4Address.exec(hostname) ?? []
  if (first !== undefined && second !== undefined) return isPrivateIpv4(Number(first), Number(second))
  return privateName.test(hostname) || singleLabel.test(hostname)
}

function isPrivateIpv4(first: number, second: number): boolean {
  if (first === 10 || first === 127) return true
  if (first === 172) return second >= 16 && second <= 31
  if (first === 192) return second === 168
  if (first === 169) return second === 254
  return first === 100 && second >= 64 && second <= 127
}

// The URL parser writes an address in its shortest form.
function isPrivateIpv6(address: string): boolean {
  if (address === '::1') return true
  const [, high] = /^::ffff:([\da-f]+):[\da-f]+$/.exec(address) ?? []
  if (high !== undefined) {
    const number = Number.parseInt(high, 16)
    return isPrivateIpv4(number >> 8, number & 255)
  }
  return /^f[cd][\da-f]{2}:|^fe[89ab][\da-f]:/.test(address)
}
