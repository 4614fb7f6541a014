import { chunked, close, hello, path, request, smuggled, valid } from './requests.ts'
import { either, handled, helloChunks, rejected, type SocketCase, withLines } from './socket-case.ts'

export const heads: readonly SocketCase[] = [
  { what: 'two Hosts', steps: withLines([hello, 'host: evil.example', close]), outcome: either },
  {
    what: 'no Host',
    steps: [request({ lines: [hello], body: 'hello' }).replace('host: localhost\r\n', '')],
    outcome: rejected,
  },
  { what: 'obs-fold in another header', steps: withLines([hello, 'x-a: 1\r\n folded', close]), outcome: either },
  { what: 'obs-fold in Content-Length', steps: withLines(['content-length:\r\n 5', close]), outcome: either },
  {
    what: 'obs-fold in Transfer-Encoding',
    steps: withLines(['transfer-encoding:\r\n chunked', close], helloChunks),
    outcome: either,
  },
  { what: 'bare line feeds', steps: [valid('hello', close).replaceAll('\r\n', '\n')], outcome: either },
  { what: 'a header after a bare line feed', steps: withLines([`x-a: 1\n${chunked}`, hello]), outcome: rejected },
  {
    what: 'a header after a bare carriage return',
    steps: withLines([`x-a: 1\r${chunked}`, hello, close]),
    outcome: rejected,
  },
  { what: 'a NUL in a header', steps: withLines([hello, 'x-a: 1\x002']), outcome: rejected },
  { what: 'a NUL in a header name', steps: withLines([hello, 'x\x00a: 1']), outcome: rejected },
  { what: 'a NUL in Content-Length', steps: withLines(['content-length: 5\x00']), outcome: rejected },
  { what: 'a header without a colon', steps: withLines([hello, 'nonsense']), outcome: rejected },
  { what: 'a header without a name', steps: withLines([hello, ': nonsense']), outcome: rejected },
  { what: 'a header of 20 KiB', steps: withLines([hello, `x-a: ${'a'.repeat(20_480)}`]), outcome: rejected },
  { what: '10,000 headers', steps: withLines([...Array<string>(10_000).fill('a: b'), hello]), outcome: rejected },
  {
    what: 'more headers than Node exposes, then Content-Length',
    steps: withLines([...Array<string>(2100).fill('a:'), hello, close]),
    outcome: handled,
  },
  {
    what: 'more headers than Node exposes, then chunked',
    steps: withLines([...Array<string>(2100).fill('a:'), chunked, close], helloChunks),
    outcome: handled,
  },
  {
    what: 'Expect: 100-continue',
    steps: [request({ lines: [hello, 'expect: 100-continue', close] }), 30, 'hello'],
    outcome: handled,
  },
  {
    what: 'Expect: 100-continue without a body',
    steps: [request({ lines: [hello, 'expect: 100-continue'] })],
    outcome: rejected,
  },
  { what: 'an unknown expectation', steps: withLines([hello, 'expect: a-miracle', close]), outcome: rejected },
  {
    what: 'an upgrade to a WebSocket',
    steps: withLines([hello, 'connection: upgrade', 'upgrade: websocket']),
    outcome: either,
  },
  {
    what: 'an upgrade to h2c, followed by a request',
    steps: [valid('hello', 'connection: upgrade', 'upgrade: h2c'), smuggled],
    outcome: either,
    payloads: ['hello', 'smuggled'],
  },
]

export const requestLines: readonly SocketCase[] = [
  {
    what: 'an absolute-form target',
    steps: [request({ path: `http://evil.example${path}`, lines: [hello, close], body: 'hello' })],
    outcome: either,
  },
  {
    what: 'an absolute-form target with a token in its host',
    steps: [request({ path: `http://${path.split('/').at(-1)}/`, lines: [hello, close], body: 'hello' })],
    outcome: either,
  },
  {
    what: 'an authority-form target',
    steps: [request({ path: 'localhost:80', lines: [hello], body: 'hello' })],
    outcome: rejected,
  },
  { what: 'CONNECT', steps: [request({ method: 'CONNECT', path: 'localhost:80', lines: [close] })], outcome: rejected },
  { what: 'HTTP/1.0', steps: [request({ version: 'HTTP/1.0', lines: [hello], body: 'hello' })], outcome: handled },
  // Without a length there is no body; the bytes after the head are an invalid second request.
  {
    what: 'HTTP/1.0 without a length',
    steps: [request({ version: 'HTTP/1.0', body: 'hello' })],
    outcome: either,
    payloads: [{}],
  },
  { what: 'HTTP/1.1 without a length', steps: [request({ body: 'hello' })], outcome: either, payloads: [{}] },
  { what: 'HTTP/0.9 by POST', steps: [`POST ${path}\r\n\r\nhello`], outcome: either, payloads: [{}] },
  { what: 'HTTP/0.9 by GET', steps: [`GET ${path}\r\n`, 'END'], outcome: rejected },
  {
    what: 'HTTP/1.2',
    steps: [request({ version: 'HTTP/1.2', lines: [hello, close], body: 'hello' })],
    outcome: either,
  },
  { what: 'HTTP/9.9', steps: [request({ version: 'HTTP/9.9', lines: [hello], body: 'hello' })], outcome: rejected },
  { what: 'the HTTP/2 preface', steps: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], outcome: rejected },
  {
    what: 'a lowercase protocol',
    steps: [request({ version: 'http/1.1', lines: [hello], body: 'hello' })],
    outcome: rejected,
  },
  {
    what: 'two spaces before the target',
    steps: [request({ path: ` ${path}`, lines: [hello, close], body: 'hello' })],
    outcome: either,
  },
  { what: 'a tab instead of a space', steps: [valid('hello').replace(' /', '\t/')], outcome: rejected },
  { what: 'empty lines before the request', steps: ['\r\n\r\n', valid('hello', close)], outcome: handled },
  {
    what: 'a NUL in the target',
    steps: [request({ path: `${path}\0`, lines: [hello], body: 'hello' })],
    outcome: rejected,
  },
  {
    what: 'a request line in the target',
    steps: [request({ path: `${path}?a=%0d%0aPOST%20/`, lines: [hello, close], body: 'hello' })],
    outcome: handled,
  },
  { what: 'a TLS record', steps: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], outcome: rejected },
  { what: 'no bytes', steps: ['END'], outcome: rejected },
]
