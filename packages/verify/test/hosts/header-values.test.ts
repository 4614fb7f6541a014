import { expect, test } from 'vitest'
import { type NodeResponse, toIncomingRequest } from '../../src/hosts/node.ts'
import type { NodeRequest } from '../../src/hosts/node-body.ts'

const values: readonly [what: string, value: unknown, header: string | undefined][] = [
  ['a string', 'a', 'a'],
  ['a number', 42, '42'],
  ['zero', 0, '0'],
  ['an array of strings', ['a', 'b'], 'a, b'],
  ['an array of numbers and strings', [1, 'b'], '1, b'],
  ['an empty array', [], undefined],
  ['undefined', undefined, undefined],
  ['null', null, undefined],
  ['an object', { a: 1 }, undefined],
  ['an array with null and an array', [null, ['a'], 'b'], 'b'],
]
for (const [what, value, header] of values) {
  test(`a header that is ${what} is read as ${header}`, () => {
    const incoming = adapt({ 'x-a': value })
    expect(incoming.header('x-a')).toBe(header)
    expect(incoming.headers.get('x-a') ?? undefined).toBe(header)
  })
}

test('headers that a Headers object cannot contain are skipped', () => {
  const { headers } = adapt({ 'x-a': 'snow ☃', 'x b': 'c', ':path': '/', 'x-d': 'e' })
  expect([...headers]).toEqual([['x-d', 'e']])
})

function adapt(headers: Readonly<Record<string, unknown>>): ReturnType<typeof toIncomingRequest> {
  return toIncomingRequest({ headers } as unknown as NodeRequest, {} as NodeResponse)
}
