import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import type { Detail, HeaderPair } from '@hookurl/presentation/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explainAbsence, findProgram } from '../../../tools/setup/programs.js'
import { toCurl } from '../src/requests/curl.ts'

const shell = promisify(execFile)
const curl = findProgram('curl')

interface Request {
  readonly method: string
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: Buffer
}

function toDetail({ method, url, headers, body }: Request): Detail {
  const bytes = { base64: body.toString('base64'), length: body.length, isWhole: true }
  const none = { base64: '', length: 0, isWhole: true }
  const summary = { id: 1, time: '', target: '/', status: 200, verdict: 'valid', ran: true, bytes: 0, durationMs: 1 }
  return { ...summary, method, url, headers, body: bytes, answer: { headers: [], body: none } }
}

describe.skipIf(curl === undefined)(curl === undefined ? explainAbsence('curl') : 'copy as curl', () => {
  const server = createServer((request, response) => {
    arrived = read(request)
    arrived.then(() => response.end())
  })
  let arrived: Promise<Request>
  let base: string
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  async function read(request: IncomingMessage): Promise<Request> {
    const { method = '', url = '', rawHeaders } = request
    const headers = rawHeaders.flatMap((name, index): HeaderPair[] =>
      index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
    )
    return { method, url, headers, body: await buffer(request) }
  }

  const json: HeaderPair = ['Content-Type', 'application/json']
  const rows: readonly (readonly [string, Partial<Request>])[] = [
    ['quotes, dollars and backslashes', { body: Buffer.from(`{"a":"it's $(id) \`id\` \\n \\/ %s"}`), headers: [json] }],
    ['lines and tabs', { body: Buffer.from('a\n\tb\n\n'), headers: [json] }],
    ['a body that begins as a file name does', { body: Buffer.from('@/etc/hostname'), headers: [json] }],
    ['every byte', { body: Buffer.from(Array.from({ length: 256 }, (_, index) => index)), headers: [json] }],
    ['escape sequences', { body: Buffer.from('\u001b[2J\u0007 \u0085'), headers: [json] }],
    ['no type', { body: Buffer.from('x'), headers: [] }],
    [
      'no body',
      {
        method: 'GET',
        headers: [
          ['X-Empty', ''],
          ['X-Quoted', `'"$HOME"'`],
          ['X-Twice', 'a'],
          ['X-Twice', 'b'],
        ],
      },
    ],
    ['HEAD', { method: 'HEAD', headers: [['X-A', '1']] }],
    ['a strange address', { url: "/hooks/{a,b}[1-3]/../%2e?x='$(id)'&y=;z", body: Buffer.from('{}'), headers: [json] }],
    ['an unusual method', { method: 'PROPFIND', body: Buffer.from('{}'), headers: [json] }],
  ]
  for (const [what, given] of rows) {
    test(`sends the same request: ${what}`, async () => {
      const sent: Request = { method: 'POST', url: '/', headers: [], body: Buffer.alloc(0), ...given }
      const command = toCurl(toDetail(sent), base)
      // Nothing in it moves a cursor when it is pasted.
      expect(command).not.toMatch(/[^\P{Cc}\n\t]/u)
      await shell('sh', ['-c', command])
      const { method, url, headers, body } = await arrived
      expect({ method, url }).toStrictEqual({ method: sent.method, url: sent.url })
      expect(body.equals(sent.body)).toBe(true)
      const ofCurl = /^(?:host|user-agent|accept|content-length)$/i
      expect(headers.filter(([name]) => !ofCurl.test(name))).toStrictEqual(sent.headers)
    })
  }
})
