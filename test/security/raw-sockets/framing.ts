import { chunked, close, hello, request, smuggled } from './requests.ts'
import { either, handled, helloChunks, rejected, type SocketCase, withLines } from './socket-case.ts'

export const framing: readonly SocketCase[] = [
  { what: 'Content-Length, then chunked', steps: withLines([hello, chunked], helloChunks), outcome: rejected },
  { what: 'chunked, then Content-Length', steps: withLines([chunked, hello], helloChunks), outcome: rejected },
  {
    what: 'CL.TE: a request after the last chunk',
    steps: withLines([`content-length: ${5 + smuggled.length}`, chunked], `0\r\n\r\n${smuggled}`),
    outcome: rejected,
  },
  {
    what: 'TE.CL: a request inside a chunk',
    steps: withLines(['content-length: 4', chunked], `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`),
    outcome: rejected,
  },
  {
    what: 'TE.TE: an unknown transfer coding',
    steps: withLines([chunked, 'transfer-encoding: cow', hello], helloChunks),
    outcome: rejected,
  },
  { what: 'two Content-Lengths', steps: withLines([hello, 'content-length: 2']), outcome: rejected },
  {
    what: 'two Content-Lengths, the shorter one before a request',
    steps: withLines(['content-length: 0', `content-length: ${smuggled.length}`], smuggled),
    outcome: rejected,
  },
  { what: 'a list of Content-Lengths', steps: withLines(['content-length: 5, 5']), outcome: rejected },
  { what: 'Content-Length: +5', steps: withLines(['content-length: +5']), outcome: rejected },
  { what: 'Content-Length: 0x5', steps: withLines(['content-length: 0x5']), outcome: rejected },
  { what: 'Content-Length: 5 5', steps: withLines(['content-length: 5 5']), outcome: rejected },
  { what: 'an empty Content-Length', steps: withLines(['content-length:']), outcome: rejected },
  { what: 'a space before the colon', steps: withLines(['content-length : 5']), outcome: rejected },
  { what: 'xchunked', steps: withLines(['transfer-encoding: xchunked'], helloChunks), outcome: rejected },
  {
    what: 'xchunked and a Content-Length',
    steps: withLines(['transfer-encoding: xchunked', hello]),
    outcome: rejected,
  },
  {
    what: 'chunked, identity',
    steps: withLines(['transfer-encoding: chunked, identity'], helloChunks),
    outcome: rejected,
  },
  { what: 'identity', steps: withLines(['transfer-encoding: identity', hello]), outcome: rejected },
  {
    what: 'chunked twice',
    steps: withLines(['transfer-encoding: chunked, chunked', close], helloChunks),
    outcome: either,
  },
  {
    what: 'gzip, chunked',
    steps: withLines(['transfer-encoding: gzip, chunked', close], helloChunks),
    outcome: either,
  },
  {
    what: 'a vertical tab before chunked',
    steps: withLines(['transfer-encoding: \x0bchunked', hello]),
    outcome: rejected,
  },
  { what: 'a quoted transfer coding', steps: withLines(['transfer-encoding: "chunked"', hello]), outcome: rejected },
  {
    what: 'chunked over HTTP/1.0',
    steps: [request({ version: 'HTTP/1.0', lines: [chunked], body: helloChunks })],
    outcome: either,
  },
]

export const chunks: readonly SocketCase[] = [
  { what: 'valid chunks', steps: withLines([chunked, close], helloChunks), outcome: handled },
  { what: 'a chunk extension', steps: withLines([chunked, close], `5;a="b"\r\nhello\r\n0\r\n\r\n`), outcome: handled },
  {
    what: 'an endless chunk extension',
    steps: withLines([chunked], `5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`),
    outcome: rejected,
  },
  {
    what: 'a line feed in a chunk extension',
    steps: withLines([chunked], `5;a\nhello\r\n0\r\n\r\n`),
    outcome: rejected,
  },
  { what: 'a chunk size with 0x', steps: withLines([chunked], `0x5\r\nhello\r\n0\r\n\r\n`), outcome: rejected },
  {
    what: 'a chunk size over 64 bits',
    steps: withLines([chunked], `10000000000000005\r\nhello\r\n0\r\n\r\n`),
    outcome: rejected,
  },
  { what: 'a negative chunk size', steps: withLines([chunked], `-5\r\nhello\r\n0\r\n\r\n`), outcome: rejected },
  { what: 'an empty chunk size', steps: withLines([chunked], `\r\nhello\r\n0\r\n\r\n`), outcome: rejected },
  { what: 'a chunk shorter than its size', steps: withLines([chunked], `9\r\nhello\r\n0\r\n\r\n`), outcome: rejected },
  { what: 'a chunk longer than its size', steps: withLines([chunked], `2\r\nhello\r\n0\r\n\r\n`), outcome: rejected },
  {
    what: 'chunks with bare line feeds',
    steps: withLines([chunked], helloChunks.replaceAll('\r\n', '\n')),
    outcome: rejected,
  },
  { what: 'no last chunk', steps: withLines([chunked], '5\r\nhello\r\n'), outcome: rejected },
  { what: 'an unterminated last chunk', steps: withLines([chunked], '5\r\nhello\r\n0\r\n'), outcome: rejected },
  {
    what: 'a trailer with another Content-Length',
    steps: withLines([chunked, close], `5\r\nhello\r\n0\r\ncontent-length: 1\r\n\r\n`),
    outcome: either,
  },
]
