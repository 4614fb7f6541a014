import { createReceiver, type ReceivedHook } from '@hookurl/verify'
import { getPayloadJson } from '@hookurl/verify/internal'
import { describe, expect, test } from 'vitest'
import { command, mint, policy } from '../support/fixtures.ts'

test('a handler cannot change what later handlers receive', async () => {
  const names: unknown[] = []
  const handler = (hook: { headers: Headers }): void => {
    Reflect.defineProperty(Reflect.getPrototypeOf(hook) ?? hook, 'headers', { get: () => 'another' })
    names.push(hook.headers.get('x-name'))
  }
  const receiver = createReceiver({ ...policy, handlers: { [command]: handler } })
  for (const name of ['a', 'b']) {
    await receiver.fetch(new Request(mint(), { method: 'POST', headers: { 'x-name': name } }))
  }
  expect(names).toEqual(['a', 'b'])
})

describe('the JSON of a payload', () => {
  async function readJson(body: BodyInit, contentType: string): Promise<string | undefined> {
    const jsons: (string | undefined)[] = []
    const handler = (hook: ReceivedHook): unknown => jsons.push(getPayloadJson(hook))
    const receiver = createReceiver({ ...policy, handlers: { [command]: handler } })
    const headers = { 'content-type': contentType }
    expect((await receiver.fetch(new Request(mint(), { method: 'POST', headers, body }))).status).toBe(200)
    return jsons[0]
  }

  test.each([
    ['a JSON body', ' {"id": 1.0}', 'application/json', ' {"id": 1.0}'],
    ['a JSON body with a byte order mark', '\ufeff[1.0]', 'application/json', '[1.0]'],
    ['a JSON body of another type', '1.0', 'application/cloudevents+json; charset=utf-8', '1.0'],
    ['a JSON body in UTF-16', Uint8Array.of(0x31, 0, 0x2e, 0, 0x30, 0), 'application/json; charset=utf-16le', '1.0'],
    ['text', '1.0', 'text/plain', undefined],
    ['a form', 'a=1.0', 'application/x-www-form-urlencoded', undefined],
    ['bytes', '1.0', 'application/octet-stream', undefined],
    ['no body', '', 'application/json', undefined],
  ])('of %s', async (_name, body, contentType, expected) => {
    expect(await readJson(body, contentType)).toBe(expected)
  })
})
