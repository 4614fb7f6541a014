/** The size of a picture in pixels. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

/**
 * Reads the size of a PNG, GIF, JPEG, WebP or BMP picture from its header. A few bytes of a picture can decode to
 * gigabytes, so its size must be known before it is decoded.
 */
export function readImageSize(bytes: Uint8Array): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return { width: view.getUint32(16), height: view.getUint32(20) }
    if (startsWith(bytes, 'GIF8')) return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
    if (startsWith(bytes, 'BM')) return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }
    if (startsWith(bytes, '\xff\xd8')) return readJpegSize(view)
    if (startsWith(bytes, 'RIFF') && startsWith(bytes.subarray(8), 'WEBP')) return readWebpSize(bytes, view)
  } catch {
    // The picture ends too early.
  }
  return undefined
}

// The size is in the first segment that starts a frame (ITU-T T.81, B.2.2).
function readJpegSize(view: DataView): ImageSize | undefined {
  for (let offset = 2; view.getUint8(offset) === 0xff; ) {
    const marker = view.getUint8(offset + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) }
    offset += 2 + view.getUint16(offset + 2)
  }
  return undefined
}

// RFC 9649, sections 2.5 to 2.7.
function readWebpSize(bytes: Uint8Array, view: DataView): ImageSize | undefined {
  const chunk = bytes.subarray(12)
  if (startsWith(chunk, 'VP8X')) {
    const read = (offset: number): number => view.getUint16(offset, true) + view.getUint8(offset + 2) * 65_536 + 1
    return { width: read(24), height: read(27) }
  }
  if (startsWith(chunk, 'VP8L')) {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
  }
  if (!startsWith(chunk, 'VP8 ')) return undefined
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((character, index) => bytes[index] === character.charCodeAt(0))
}
