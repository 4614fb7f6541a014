import { chunked, close, hello, request, smuggled } from './requests.ts'
import { either, helloChunks, type SocketCase, refused, run, withLines } from './socket-case.ts'

export const framing: readonly SocketCase[] = [
  { what: 'Content-Length, then chunked', steps: withLines([hello, chunked], helloChunks), verdict: refused },
  { what: 'chunked, then Content-Length', steps: withLines([chunked, hello], helloChunks), verdict: refused },
  {
    what: 'CL.TE: a request behind the last chunk',
    steps: withLines([`content-length: ${5 + smuggled.length}`, chunked], `0\r\n\r\n${smuggled}`),
    verdict: refused,
  },
  {
    what: 'TE.CL: a request inside a chunk',
    steps: withLines(['content-length: 4', chunked], `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`),
    verdict: refused,
  },
  {
    what: 'TE.TE: one coding that nobody knows',
    steps: withLines([chunked, 'transfer-encoding: cow', hello], helloChunks),
    verdict: refused,
  },
  { what: 'two Content-Lengths', steps: withLines([hello, 'content-length: 2']), verdict: refused },
  {
    what: 'two Content-Lengths, the shorter one before a request',
    steps: withLines(['content-length: 0', `content-length: ${smuggled.length}`], smuggled),
    verdict: refused,
  },
  { what: 'a list of Content-Lengths', steps: withLines(['content-length: 5, 5']), verdict: refused },
  { what: 'Content-Length: +5', steps: withLines(['content-length: +5']), verdict: refused },
  { what: 'Content-Length: 0x5', steps: withLines(['content-length: 0x5']), verdict: refused },
  { what: 'Content-Length: 5 5', steps: withLines(['content-length: 5 5']), verdict: refused },
  { what: 'an empty Content-Length', steps: withLines(['content-length:']), verdict: refused },
  { what: 'a space before the colon', steps: withLines(['content-length : 5']), verdict: refused },
  { what: 'xchunked', steps: withLines(['transfer-encoding: xchunked'], helloChunks), verdict: refused },
  { what: 'xchunked and a Content-Length', steps: withLines(['transfer-encoding: xchunked', hello]), verdict: refused },
  {
    what: 'chunked, identity',
    steps: withLines(['transfer-encoding: chunked, identity'], helloChunks),
    verdict: refused,
  },
  { what: 'identity', steps: withLines(['transfer-encoding: identity', hello]), verdict: refused },
  {
    what: 'chunked twice',
    steps: withLines(['transfer-encoding: chunked, chunked', close], helloChunks),
    verdict: either,
  },
  {
    what: 'gzip, chunked',
    steps: withLines(['transfer-encoding: gzip, chunked', close], helloChunks),
    verdict: either,
  },
  {
    what: 'a vertical tab before chunked',
    steps: withLines(['transfer-encoding: \x0bchunked', hello]),
    verdict: refused,
  },
  { what: 'a coding in quotes', steps: withLines(['transfer-encoding: "chunked"', hello]), verdict: refused },
  {
    what: 'chunked over HTTP/1.0',
    steps: [request({ version: 'HTTP/1.0', lines: [chunked], body: helloChunks })],
    verdict: either,
  },
]

export const chunks: readonly SocketCase[] = [
  { what: 'good chunks', steps: withLines([chunked, close], helloChunks), verdict: run },
  { what: 'a chunk extension', steps: withLines([chunked, close], `5;a="b"\r\nhello\r\n0\r\n\r\n`), verdict: run },
  {
    what: 'a chunk extension without end',
    steps: withLines([chunked], `5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`),
    verdict: refused,
  },
  {
    what: 'a line feed in a chunk extension',
    steps: withLines([chunked], `5;a\nhello\r\n0\r\n\r\n`),
    verdict: refused,
  },
  { what: 'a chunk size in 0x', steps: withLines([chunked], `0x5\r\nhello\r\n0\r\n\r\n`), verdict: refused },
  {
    what: 'a chunk size beyond all numbers',
    steps: withLines([chunked], `10000000000000005\r\nhello\r\n0\r\n\r\n`),
    verdict: refused,
  },
  { what: 'a chunk size below zero', steps: withLines([chunked], `-5\r\nhello\r\n0\r\n\r\n`), verdict: refused },
  { what: 'an empty chunk size', steps: withLines([chunked], `\r\nhello\r\n0\r\n\r\n`), verdict: refused },
  { what: 'a chunk shorter than it says', steps: withLines([chunked], `9\r\nhello\r\n0\r\n\r\n`), verdict: refused },
  { what: 'a chunk longer than it says', steps: withLines([chunked], `2\r\nhello\r\n0\r\n\r\n`), verdict: refused },
  {
    what: 'chunks with bare line feeds',
    steps: withLines([chunked], helloChunks.replaceAll('\r\n', '\n')),
    verdict: refused,
  },
  { what: 'no last chunk', steps: withLines([chunked], '5\r\nhello\r\n'), verdict: refused },
  { what: 'a last chunk that is not ended', steps: withLines([chunked], '5\r\nhello\r\n0\r\n'), verdict: refused },
  {
    what: 'a trailer that names another length',
    steps: withLines([chunked, close], `5\r\nhello\r\n0\r\ncontent-length: 1\r\n\r\n`),
    verdict: either,
  },
]
