import { chunked, close, forgedPath, good, hello, request, smuggled } from './requests.ts'
import { either, helloChunks, type SocketCase, refused, run, withLines } from './socket-case.ts'
import { byteByByte } from './run-steps.ts'

const half = 'content-length: 10'
export const slow: readonly SocketCase[] = [
  { what: 'a head one byte at a time', steps: byteByByte(good('hello', close), 0), verdict: run },
  {
    what: 'a body one byte at a time, in time',
    steps: [request({ lines: [hello, close] }), ...byteByByte('hello', 5)],
    verdict: run,
  },
  {
    what: 'chunks one byte at a time, in time',
    steps: [request({ lines: [chunked, close] }), ...byteByByte(helloChunks, 2)],
    verdict: run,
  },
  {
    what: 'a body one byte at a time, too slow',
    steps: [request({ lines: ['content-length: 30'] }), ...byteByByte('h'.repeat(30), 60)],
    verdict: refused,
  },
  {
    what: 'chunks one byte at a time, too slow',
    steps: [request({ lines: [chunked] }), ...byteByByte('1\r\nh\r\n'.repeat(5), 60)],
    verdict: refused,
  },
  { what: 'a body that stops half way', steps: [request({ lines: [half], body: 'hello' })], verdict: refused },
  { what: 'a head that stops half way', steps: [good('hello').slice(0, 40), 50, 'END'], verdict: refused },
  { what: 'FIN behind the head', steps: [request({ lines: [half] }), 'END'], verdict: refused },
  { what: 'FIN half way', steps: [request({ lines: [half], body: 'hello' }), 20, 'END'], verdict: refused },
  { what: 'RST half way', steps: [request({ lines: [half], body: 'hello' }), 20, 'RESET'], verdict: refused },
  { what: 'RST at once, half way', steps: [request({ lines: [half], body: 'hello' }), 'RESET'], verdict: refused },
  {
    what: 'FIN between chunks',
    steps: [request({ lines: [chunked], body: '5\r\nhello\r\n' }), 20, 'END'],
    verdict: refused,
  },
  {
    what: 'RST between chunks',
    steps: [request({ lines: [chunked], body: '5\r\nhello\r\n' }), 20, 'RESET'],
    verdict: refused,
  },
  {
    what: 'FIN before the last line feed',
    steps: [request({ lines: [chunked], body: '5\r\nhello\r\n0\r\n\r' }), 'END'],
    verdict: refused,
  },
  { what: 'FIN behind the whole request', steps: [good('hello', close), 'END'], verdict: either },
  { what: 'RST behind the whole request', steps: [good('hello', close), 20, 'RESET'], verdict: either },
]

export const sequences: readonly SocketCase[] = [
  {
    what: 'twenty requests at once',
    steps: [good('hello').repeat(19), good('last', close)],
    verdict: run,
    runs: [...Array<string>(19).fill('hello'), 'last'],
  },
  {
    what: 'a good request and half of one',
    steps: [good('hello'), request({ lines: [half], body: 'hello' }), 'END'],
    verdict: either,
  },
  { what: 'a body longer than it says', steps: withLines(['content-length: 2']), verdict: either, runs: ['he'] },
  {
    what: 'a request inside the body of one that is forged',
    steps: [request({ path: forgedPath, lines: [`content-length: ${smuggled.length}`, close], body: smuggled })],
    verdict: refused,
  },
  {
    what: 'a request inside the chunks of one that is forged',
    steps: [
      request({
        path: forgedPath,
        lines: [chunked, close],
        body: `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
      }),
    ],
    verdict: refused,
  },
  {
    what: 'a request behind a body that is too large',
    steps: [request({ lines: ['content-length: 2000000'], body: smuggled })],
    verdict: refused,
  },
  {
    what: 'a request behind a body that is compressed',
    steps: [
      request({ lines: [`content-length: ${smuggled.length}`, 'content-encoding: gzip', close], body: smuggled }),
    ],
    verdict: refused,
  },
  {
    what: 'a request behind the head of one that waits',
    steps: [request({ lines: [`content-length: ${smuggled.length}`, 'expect: 100-continue', close] }), 20, smuggled],
    verdict: run,
    runs: [smuggled],
  },
]
