import { expect, test } from 'vitest'
import { loadOnce } from '../../src/util/load-once.ts'

test('a value is loaded on first use, once', () => {
  let calls = 0
  const load = loadOnce(() => ++calls)
  expect(calls).toBe(0)
  expect([load(), load()]).toEqual([1, 1])
})

test('concurrent calls share a promise', async () => {
  let calls = 0
  const load = loadOnce(async () => ++calls)
  expect(await Promise.all([load(), load()])).toEqual([1, 1])
})

test('a promise is replaced with its value', async () => {
  const load = loadOnce(async () => 'loaded')
  await load()
  expect(load()).toBe('loaded')
})

test('after an exception, the next call loads again', () => {
  const results = [undefined, 'loaded']
  const load = loadOnce(() => results.shift() ?? raise())
  expect(load).toThrow('out of order')
  expect(load()).toBe('loaded')
})

test('after a rejected promise, the next call loads again', async () => {
  const results = [undefined, 'loaded']
  const load = loadOnce(async () => results.shift() ?? raise())
  await expect(load()).rejects.toThrow('out of order')
  expect(await load()).toBe('loaded')
})

function raise(): never {
  throw new Error('out of order')
}
