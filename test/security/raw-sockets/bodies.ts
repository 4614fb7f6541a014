import { chunked, close, forgedPath, hello, request, smuggled, valid } from './requests.ts'
import { byteByByte } from './run-steps.ts'
import { either, handled, helloChunks, rejected, type SocketCase, withLines } from './socket-case.ts'

const half = 'content-length: 10'
export const slow: readonly SocketCase[] = [
  { what: 'a head one byte at a time', steps: byteByByte(valid('hello', close), 0), outcome: handled },
  {
    what: 'a body one byte at a time, within the timeout',
    steps: [request({ lines: [hello, close] }), ...byteByByte('hello', 5)],
    outcome: handled,
  },
  {
    what: 'chunks one byte at a time, within the timeout',
    steps: [request({ lines: [chunked, close] }), ...byteByByte(helloChunks, 2)],
    outcome: handled,
  },
  {
    what: 'a body one byte at a time, too slow',
    steps: [request({ lines: ['content-length: 30'] }), ...byteByByte('h'.repeat(30), 60)],
    outcome: rejected,
  },
  {
    what: 'chunks one byte at a time, too slow',
    steps: [request({ lines: [chunked] }), ...byteByByte('1\r\nh\r\n'.repeat(5), 60)],
    outcome: rejected,
  },
  { what: 'a body that stops halfway', steps: [request({ lines: [half], body: 'hello' })], outcome: rejected },
  { what: 'a head that stops halfway', steps: [valid('hello').slice(0, 40), 50, 'END'], outcome: rejected },
  { what: 'FIN after the head', steps: [request({ lines: [half] }), 'END'], outcome: rejected },
  {
    what: 'FIN in the middle of the body',
    steps: [request({ lines: [half], body: 'hello' }), 20, 'END'],
    outcome: rejected,
  },
  {
    what: 'RST in the middle of the body',
    steps: [request({ lines: [half], body: 'hello' }), 20, 'RESET'],
    outcome: rejected,
  },
  {
    what: 'RST in the middle of the body, without a pause',
    steps: [request({ lines: [half], body: 'hello' }), 'RESET'],
    outcome: rejected,
  },
  {
    what: 'FIN between chunks',
    steps: [request({ lines: [chunked], body: '5\r\nhello\r\n' }), 20, 'END'],
    outcome: rejected,
  },
  {
    what: 'RST between chunks',
    steps: [request({ lines: [chunked], body: '5\r\nhello\r\n' }), 20, 'RESET'],
    outcome: rejected,
  },
  {
    what: 'FIN before the last line feed',
    steps: [request({ lines: [chunked], body: '5\r\nhello\r\n0\r\n\r' }), 'END'],
    outcome: rejected,
  },
  { what: 'FIN after the entire request', steps: [valid('hello', close), 'END'], outcome: either },
  { what: 'RST after the entire request', steps: [valid('hello', close), 20, 'RESET'], outcome: either },
]

export const sequences: readonly SocketCase[] = [
  {
    what: 'twenty pipelined requests',
    steps: [valid('hello').repeat(19), valid('last', close)],
    outcome: handled,
    payloads: [...Array<string>(19).fill('hello'), 'last'],
  },
  {
    what: 'a valid request and half of another',
    steps: [valid('hello'), request({ lines: [half], body: 'hello' }), 'END'],
    outcome: either,
  },
  {
    what: 'a body longer than its Content-Length',
    steps: withLines(['content-length: 2']),
    outcome: either,
    payloads: ['he'],
  },
  {
    what: 'a request inside the body of a forged request',
    steps: [request({ path: forgedPath, lines: [`content-length: ${smuggled.length}`, close], body: smuggled })],
    outcome: rejected,
  },
  {
    what: 'a request inside the chunks of a forged request',
    steps: [
      request({
        path: forgedPath,
        lines: [chunked, close],
        body: `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
      }),
    ],
    outcome: rejected,
  },
  {
    what: 'a request inside a body that is too large',
    steps: [request({ lines: ['content-length: 2000000'], body: smuggled })],
    outcome: rejected,
  },
  {
    what: 'a request inside a compressed body',
    steps: [
      request({ lines: [`content-length: ${smuggled.length}`, 'content-encoding: gzip', close], body: smuggled }),
    ],
    outcome: rejected,
  },
  {
    what: 'a request after a head with Expect: 100-continue',
    steps: [request({ lines: [`content-length: ${smuggled.length}`, 'expect: 100-continue', close] }), 20, smuggled],
    outcome: handled,
    payloads: [smuggled],
  },
]
