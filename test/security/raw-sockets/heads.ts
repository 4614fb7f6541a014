import { chunked, close, good, hello, path, request, smuggled } from './requests.ts'
import { either, helloChunks, type SocketCase, refused, run, withLines } from './socket-case.ts'

export const heads: readonly SocketCase[] = [
  { what: 'two Hosts', steps: withLines([hello, 'host: evil.example', close]), verdict: either },
  {
    what: 'no Host',
    steps: [request({ lines: [hello], body: 'hello' }).replace('host: localhost\r\n', '')],
    verdict: refused,
  },
  { what: 'obs-fold in any header', steps: withLines([hello, 'x-a: 1\r\n folded', close]), verdict: either },
  { what: 'obs-fold in Content-Length', steps: withLines(['content-length:\r\n 5', close]), verdict: either },
  {
    what: 'obs-fold in Transfer-Encoding',
    steps: withLines(['transfer-encoding:\r\n chunked', close], helloChunks),
    verdict: either,
  },
  { what: 'bare line feeds', steps: [good('hello', close).replaceAll('\r\n', '\n')], verdict: either },
  { what: 'a header behind a bare line feed', steps: withLines([`x-a: 1\n${chunked}`, hello]), verdict: refused },
  {
    what: 'a header behind a bare carriage return',
    steps: withLines([`x-a: 1\r${chunked}`, hello, close]),
    verdict: refused,
  },
  { what: 'a NUL in a header', steps: withLines([hello, 'x-a: 1\x002']), verdict: refused },
  { what: 'a NUL in the name of a header', steps: withLines([hello, 'x\x00a: 1']), verdict: refused },
  { what: 'a NUL in Content-Length', steps: withLines(['content-length: 5\x00']), verdict: refused },
  { what: 'a header without a colon', steps: withLines([hello, 'nonsense']), verdict: refused },
  { what: 'a header without a name', steps: withLines([hello, ': nonsense']), verdict: refused },
  { what: 'a header of 20 KiB', steps: withLines([hello, `x-a: ${'a'.repeat(20_480)}`]), verdict: refused },
  { what: '10,000 headers', steps: withLines([...Array<string>(10_000).fill('a: b'), hello]), verdict: refused },
  {
    what: 'more headers than Node hands over, then the length',
    steps: withLines([...Array<string>(2100).fill('a:'), hello, close]),
    verdict: run,
  },
  {
    what: 'more headers than Node hands over, then chunked',
    steps: withLines([...Array<string>(2100).fill('a:'), chunked, close], helloChunks),
    verdict: run,
  },
  {
    what: 'Expect: 100-continue',
    steps: [request({ lines: [hello, 'expect: 100-continue', close] }), 30, 'hello'],
    verdict: run,
  },
  {
    what: 'Expect: 100-continue, and nothing then',
    steps: [request({ lines: [hello, 'expect: 100-continue'] })],
    verdict: refused,
  },
  { what: 'an expectation that nobody knows', steps: withLines([hello, 'expect: a-miracle', close]), verdict: refused },
  {
    what: 'an upgrade to a WebSocket',
    steps: withLines([hello, 'connection: upgrade', 'upgrade: websocket']),
    verdict: either,
  },
  {
    what: 'an upgrade to h2c, with a request behind',
    steps: [good('hello', 'connection: upgrade', 'upgrade: h2c'), smuggled],
    verdict: either,
    runs: ['hello', 'smuggled'],
  },
]

export const lines: readonly SocketCase[] = [
  {
    what: 'an absolute-form target',
    steps: [request({ path: `http://evil.example${path}`, lines: [hello, close], body: 'hello' })],
    verdict: either,
  },
  {
    what: 'an absolute-form target with a token in its host',
    steps: [request({ path: `http://${path.split('/').at(-1)}/`, lines: [hello, close], body: 'hello' })],
    verdict: either,
  },
  {
    what: 'an authority-form target',
    steps: [request({ path: 'localhost:80', lines: [hello], body: 'hello' })],
    verdict: refused,
  },
  { what: 'CONNECT', steps: [request({ method: 'CONNECT', path: 'localhost:80', lines: [close] })], verdict: refused },
  { what: 'HTTP/1.0', steps: [request({ version: 'HTTP/1.0', lines: [hello], body: 'hello' })], verdict: run },
  // Without a length there is no body: what follows is the next request, and none.
  {
    what: 'HTTP/1.0 without a length',
    steps: [request({ version: 'HTTP/1.0', body: 'hello' })],
    verdict: either,
    runs: [{}],
  },
  { what: 'HTTP/1.1 without a length', steps: [request({ body: 'hello' })], verdict: either, runs: [{}] },
  { what: 'HTTP/0.9 by POST', steps: [`POST ${path}\r\n\r\nhello`], verdict: either, runs: [{}] },
  { what: 'HTTP/0.9 by GET', steps: [`GET ${path}\r\n`, 'END'], verdict: refused },
  {
    what: 'HTTP/1.2',
    steps: [request({ version: 'HTTP/1.2', lines: [hello, close], body: 'hello' })],
    verdict: either,
  },
  { what: 'HTTP/9.9', steps: [request({ version: 'HTTP/9.9', lines: [hello], body: 'hello' })], verdict: refused },
  { what: 'the preface of HTTP/2', steps: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], verdict: refused },
  {
    what: 'a protocol in small letters',
    steps: [request({ version: 'http/1.1', lines: [hello], body: 'hello' })],
    verdict: refused,
  },
  {
    what: 'two spaces before the target',
    steps: [request({ path: ` ${path}`, lines: [hello, close], body: 'hello' })],
    verdict: either,
  },
  { what: 'a tab for a space', steps: [good('hello').replace(' /', '\t/')], verdict: refused },
  { what: 'empty lines before the request', steps: ['\r\n\r\n', good('hello', close)], verdict: run },
  {
    what: 'a NUL in the target',
    steps: [request({ path: `${path}\0`, lines: [hello], body: 'hello' })],
    verdict: refused,
  },
  {
    what: 'a request line in the target',
    steps: [request({ path: `${path}?a=%0d%0aPOST%20/`, lines: [hello, close], body: 'hello' })],
    verdict: run,
  },
  { what: 'a record of TLS', steps: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], verdict: refused },
  { what: 'nothing at all', steps: ['END'], verdict: refused },
]
