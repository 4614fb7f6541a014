import { createReceiver } from '@hookurl/verify'
import { expect, test } from 'vitest'
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
