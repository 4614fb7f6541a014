import { expect, test } from 'vitest'
import { readImageSize } from '../../../src/requests/body/image-size.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))
const jpegSegment = '\xff\xe0\x00\x04\x00\x00'

test.each([
  ['PNG', '\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02', { width: 3, height: 2 }],
  ['GIF', 'GIF89a\x03\x00\x02\x00', { width: 3, height: 2 }],
  ['JPEG', `\xff\xd8${jpegSegment}\xff\xc0\x00\x0b\x08\x00\x02\x00\x03\x01`, { width: 3, height: 2 }],
  ['progressive JPEG', '\xff\xd8\xff\xc2\x00\x0b\x08\x00\x02\x00\x03\x01', { width: 3, height: 2 }],
  ['BMP', `BM${'\0'.repeat(16)}\x03\0\0\0\xfe\xff\xff\xff`, { width: 3, height: 2 }],
  ['WebP (VP8X)', `RIFF\0\0\0\0WEBPVP8X${'\0'.repeat(8)}\x02\0\0\x01\0\0`, { width: 3, height: 2 }],
  ['WebP (VP8L)', 'RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x02\x40\0\0', { width: 3, height: 2 }],
  ['WebP (VP8)', `RIFF\0\0\0\0WEBPVP8 ${'\0'.repeat(10)}\x03\x00\x02\x00`, { width: 3, height: 2 }],
  ['JPEG without a frame', `\xff\xd8${jpegSegment}`, undefined],
  ['JPEG that ends too early', '\xff\xd8\xff\xc0\x00', undefined],
  ['JPEG with a segment of length 0', '\xff\xd8\xff\xe0\x00\x00', undefined],
  ['SVG', '<svg width="3" height="2"/>', undefined],
  ['nothing', '', undefined],
])('%s', (_, text, size) => {
  expect(readImageSize(bytes(text))).toEqual(size)
})
