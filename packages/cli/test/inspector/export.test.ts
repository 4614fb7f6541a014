import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { writeNdjson } from '../../src/inspector/export.ts'
import { writeHar } from '../../src/inspector/har.ts'
import { createTestEntry } from '../support/history-entry.ts'

// The package does not say where its types are.
const { validateHar } = createRequire(import.meta.url)('har-validator-compiled') as {
  /** Throws an error if the HAR is invalid. */
  readonly validateHar: (har: unknown) => boolean
}
const binary = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
const entries = [
  createTestEntry({
    id: 1,
    url: '/hooks/x?a=1&a=2&empty=',
    headers: [
      ['Content-Type', 'application/json'],
      ['Cookie', 'a=b; c=d=e'],
    ],
    body: '{"type":"ä"}',
    responseHeaders: [['content-type', 'application/json']],
    responseBody: '{"ok":true}',
    record: { hook: { command: '/a', userId: '42' } },
  }),
  createTestEntry({ id: 2, record: { method: 'GET', outcome: 'confirm_page' }, responseBody: '<html>' }),
  createTestEntry({ id: 3, body: binary, headers: [['content-type', 'image/png']], responseBody: binary }),
  createTestEntry({ id: 4, body: 'a=1&b=%20', headers: [['content-type', 'application/x-www-form-urlencoded']] }),
  createTestEntry({
    id: 5,
    record: {
      status: 410,
      outcome: 'rejected',
      code: 'expired',
      error: { code: 'expired', message: 'it expired', fix: 'Mint another.' },
    },
  }),
  createTestEntry({ id: 6, record: { status: 303 }, responseHeaders: [['location', 'https://a.example/']] }),
]

interface HarEntry {
  readonly request: Record<string, unknown> & { postData: Record<string, unknown> }
  readonly response: Record<string, unknown> & { content: Record<string, unknown> }
  readonly _hookurl: Record<string, unknown>
}

const readHar = (): { log: { entries: HarEntry[] } } =>
  JSON.parse([...writeHar(entries, 'http://127.0.0.1:8787')].join(''))
const getEntry = (index: number): HarEntry => readHar().log.entries[index] as HarEntry

describe('the HAR', () => {
  test('is valid HAR 1.2', () => {
    expect(validateHar(readHar())).toBe(true)
  })

  test('the validator finds what is missing', () => {
    const har = readHar()
    delete har.log.entries[0]?.request.method
    expect(() => validateHar(har)).toThrow()
  })

  test('is valid without requests', () => {
    expect(validateHar(JSON.parse([...writeHar([], '')].join('')))).toBe(true)
  })

  test('has the URL, query and cookies of a request', () => {
    expect(getEntry(0).request).toMatchObject({
      url: 'http://127.0.0.1:8787/hooks/x?a=1&a=2&empty=',
      queryString: [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
        { name: 'empty', value: '' },
      ],
      cookies: [
        { name: 'a', value: 'b' },
        { name: 'c', value: 'd=e' },
      ],
      postData: { mimeType: 'application/json', text: '{"type":"ä"}' },
    })
  })

  test('has bytes in base64', () => {
    const { request, response } = getEntry(2)
    expect(request.postData).toMatchObject({ text: binary.toString('base64'), _encoding: 'base64' })
    expect(response.content).toMatchObject({ text: binary.toString('base64'), encoding: 'base64', size: 256 })
  })

  test('has the fields of a form', () => {
    expect(getEntry(3).request.postData.params).toEqual([
      { name: 'a', value: '1' },
      { name: 'b', value: ' ' },
    ])
  })

  test('has the outcome', () => {
    expect(getEntry(0)._hookurl).toEqual({ outcome: 'handled', command: '/a', userId: '42' })
    expect(getEntry(4)._hookurl).toEqual({ outcome: 'rejected', code: 'expired', message: 'it expired' })
  })

  test('has the target of a redirect', () => {
    expect(getEntry(5).response.redirectURL).toBe('https://a.example/')
  })
})

describe('the NDJSON', () => {
  const lines = [...writeNdjson(entries)].join('').trimEnd().split('\n')

  test('has one object per request', () => {
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('has the request and the response byte for byte', () => {
    const { url, headers, base64, response } = JSON.parse(lines[2] ?? '')
    expect({ url, headers }).toEqual({ url: '/', headers: [['content-type', 'image/png']] })
    expect(Buffer.from(base64, 'base64').equals(binary)).toBe(true)
    expect(Buffer.from(response.base64, 'base64').equals(binary)).toBe(true)
  })
})
