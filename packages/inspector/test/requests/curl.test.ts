import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import type { HeaderPair } from '@hookurl/presentation/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explainAbsence, findProgram } from '../../../../tools/setup/programs.js'
import { type CurlCommand, toCurl } from '../../src/requests/curl.ts'

const shell = promisify(execFile)
const curl = findProgram('curl')

interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: Buffer
}

function toCommand({ method, url, headers, body }: SentRequest, receiver: string): CurlCommand {
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return toCurl({ detail: { id: 7, method, url, headers, contentType }, body, receiver })
}

describe.skipIf(curl === undefined)(curl === undefined ? explainAbsence('curl') : 'toCurl', () => {
  const server = createServer((request, response) => {
    received = readRequest(request)
    received.then(() => response.end())
  })
  let received: Promise<SentRequest>
  let origin: string
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-curl-'))
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  async function readRequest(request: IncomingMessage): Promise<SentRequest> {
    const { method = '', url = '', rawHeaders } = request
    const headers = rawHeaders.flatMap((name, index): HeaderPair[] =>
      index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
    )
    return { method, url, headers, body: await buffer(request) }
  }

  const json: HeaderPair = ['Content-Type', 'application/json']
  const requests: readonly (readonly [string, Partial<SentRequest>])[] = [
    ['quotes, dollars and backslashes', { body: Buffer.from(`{"a":"it's $(id) \`id\` \\n \\/ %s"}`), headers: [json] }],
    ['newlines and tabs', { body: Buffer.from('a\n\tb\n\n'), headers: [json] }],
    ['a body that starts like a file name of curl', { body: Buffer.from('@/etc/hostname'), headers: [json] }],
    [
      'a body with every byte value',
      { body: Buffer.from(Array.from({ length: 256 }, (_, index) => index)), headers: [json] },
    ],
    ['terminal escape sequences', { body: Buffer.from('\u001b[2J\u0007 \u0085'), headers: [json] }],
    ['no content type', { body: Buffer.from('x'), headers: [] }],
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
    ['the method HEAD', { method: 'HEAD', headers: [['X-A', '1']] }],
    [
      'characters that curl would expand or normalize in the URL',
      { url: "/hooks/{a,b}[1-3]/../%2e?x='$(id)'&y=;z", body: Buffer.from('{}'), headers: [json] },
    ],
    [
      'text over 100 kB',
      { body: Buffer.from(JSON.stringify({ text: `it's ${'long '.repeat(30_000)}` })), headers: [json] },
    ],
    [
      'bytes over 100 kB',
      {
        body: Buffer.from(Array.from({ length: 150_000 }, (_, index) => index % 256)),
        headers: [['Content-Type', 'image/png']],
      },
    ],
    ['text that is over 100 kB once it is quoted', { body: Buffer.from("'".repeat(60_000)), headers: [json] }],
    ['bytes that are over 100 kB in base64', { body: Buffer.alloc(90_000), headers: [json] }],
    ['an unusual method', { method: 'PROPFIND', body: Buffer.from('{}'), headers: [json] }],
  ]
  for (const [name, fields] of requests) {
    test(`sends the same request: ${name}`, async () => {
      const sent: SentRequest = { method: 'POST', url: '/', headers: [], body: Buffer.alloc(0), ...fields }
      const { command, fileName } = toCommand(sent, origin)
      if (fileName !== undefined) writeFileSync(join(folder, fileName), sent.body)
      // No control characters: a terminal interprets them when the command is pasted.
      expect(command).not.toMatch(/[^\P{Cc}\n\t]/u)
      await shell('bash', ['-c', command], { cwd: folder })
      const { method, url, headers, body } = await received
      expect({ method, url }).toStrictEqual({ method: sent.method, url: sent.url })
      expect(body.equals(sent.body)).toBe(true)
      const setByCurl = /^(?:host|user-agent|accept|content-length)$/i
      expect(headers.filter(([name]) => !setByCurl.test(name))).toStrictEqual(sent.headers)
    })
  }

  test('names the file after the request, never after what the sender chose', () => {
    const headers: HeaderPair[] = [['Content-Type', 'image/../../x; name=$(id)']]
    const { command, fileName } = toCommand({ method: 'POST', url: '/', headers, body: Buffer.alloc(200_000) }, origin)
    expect(fileName).toBe('hookurl-request-7.bin')
    expect(command).toContain('--data-binary @hookurl-request-7.bin')
  })
})
