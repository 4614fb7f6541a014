import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { createMinter, type MintTrace } from '@hookurl/core'
import { expect, onTestFinished, test } from 'vitest'
import { catchError, keyA, minterOptions } from '../helpers.ts'

const channel = tracingChannel<unknown, MintTrace>('hookurl:mint')
const minter = createMinter({ ...minterOptions, keys: keyA })
const names = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

/** Subscribes until the test ends. Returns each event, as it was when it was published. */
function record(): [name: string, trace: MintTrace][] {
  const events: [name: string, trace: MintTrace][] = []
  const subscribers = Object.fromEntries(
    names.map((name) => [name, (trace: MintTrace) => void events.push([name, { ...trace }])]),
  ) as unknown as Parameters<typeof channel.subscribe>[0]
  channel.subscribe(subscribers)
  onTestFinished(() => void channel.unsubscribe(subscribers))
  return events
}

test('mintSync publishes start and end', () => {
  const events = record()
  minter.mintSync({ command: '/a', userId: 'ana', content: 'cat' })
  expect(events).toEqual([
    ['start', { command: '/a' }],
    ['end', { command: '/a', outcome: 'minted', keyIndex: 0, durationMs: expect.any(Number) }],
  ])
})

test('mint publishes start, end, asyncStart and asyncEnd', async () => {
  const events = record()
  await minter.mint({ command: '/a' })
  expect(events.map(([name]) => name)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
  expect(events[1]?.[1]).not.toHaveProperty('durationMs')
  expect(events[3]?.[1]).toEqual({ command: '/a', outcome: 'minted', keyIndex: 0, durationMs: expect.any(Number) })
})

const failures: readonly [method: string, mint: () => unknown, order: readonly string[]][] = [
  ['mintSync', () => minter.mintSync({ command: '/a', maxUses: 0 }), ['start', 'error', 'end']],
  ['mint', () => minter.mint({ command: '/a', maxUses: 0 }), ['start', 'end', 'error', 'asyncStart', 'asyncEnd']],
]
test.each(failures)('%s publishes an error with its code', async (_, mint, order) => {
  const events = record()
  await catchError(mint)
  expect(events.map(([name]) => name)).toEqual(order)
  const [, trace] = events.find(([name]) => name === 'error') ?? []
  expect(trace).toMatchObject({ command: '/a', code: 'invalid_option', error: { code: 'invalid_option' } })
  expect(trace).not.toHaveProperty('outcome')
})

test('the error of keys that fail is published without its cause', async () => {
  const events = record()
  const keys = async (): Promise<string> => Promise.reject(new Error(`denied ${keyA}`))
  await catchError(() => createMinter({ ...minterOptions, keys }).mint({ command: '/a' }))
  const [, trace] = events.at(-1) ?? []
  expect(trace?.code).toBe('keys_unavailable')
  expect(trace?.error?.cause).toBeUndefined()
})

test('invalid options are published too', async () => {
  const events = record()
  await catchError(() => minter.mint(undefined as never))
  await catchError(() => minter.mint({ command: 7 } as never))
  expect(events.filter(([name]) => name === 'error').map(([, { command }]) => command)).toEqual([undefined, undefined])
})

test('a store that is bound to start is set while a URL is minted', async () => {
  const storage = new AsyncLocalStorage<MintTrace>()
  const seen: (string | undefined)[] = []
  channel.start.bindStore(storage, (trace) => trace)
  onTestFinished(() => void channel.start.unbindStore(storage))
  const keys = (): string => {
    seen.push(storage.getStore()?.command)
    return keyA
  }
  createMinter({ ...minterOptions, keys }).mintSync({ command: '/a' })
  await createMinter({ ...minterOptions, keys }).mint({ command: '/b' })
  expect(seen).toEqual(['/a', '/b'])
  expect(storage.getStore()).toBeUndefined()
})
