/** Encodes bytes as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  const pieces: string[] = []
  // More arguments would overflow the stack. A multiple of 3 needs no padding.
  for (let offset = 0; offset < bytes.length; offset += 24_576) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(offset, offset + 24_576))))
  }
  return pieces.join('')
}

/** Decodes UTF-8. Returns `undefined` if the bytes are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return decodeText(bytes, 'utf-8')
}

/** Decodes text. Returns `undefined` if the bytes are not valid in this charset, or the charset is unknown. */
export function decodeText(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const bytesPerLine = 16

/** Formats bytes as a hex dump: offset, hexadecimal and ASCII. */
export function formatHexDump(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let offset = 0; offset < bytes.length; offset += bytesPerLine) {
    const line = [...bytes.subarray(offset, offset + bytesPerLine)]
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const ascii = line.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join('')
    lines.push(`${offset.toString(16).padStart(6, '0')}  ${hex.padEnd(bytesPerLine * 3)} ${ascii}`)
  }
  return lines.join('\n')
}
