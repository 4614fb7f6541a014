import { createReceiver, type GuardOptions, type ReceiverOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { describe, expect, test } from 'vitest'
import { expectOptionError, mint, policy } from '../support/fixtures.ts'

const handlers = { '/onWebhook': () => undefined }
const receiver = { ...policy, handlers }
const guard = { ...policy, command: '/onWebhook' }

const mistakes: readonly [what: string, options: unknown, message: RegExp, code?: string][] = [
  ['no key', { handlers }, /there is no key/, 'invalid_key'],
  ['a short key', { ...receiver, keys: 'hks_AAAA' }, /43 belong/, 'invalid_key'],
  ['no handler', { ...receiver, handlers: {} }, /handlers must be/],
  ['handlers that are missing', { ...receiver, handlers: undefined }, /handlers must be/],
  ['a handler that is no function', { ...receiver, handlers: { '/a': 'x' } }, /handler of "\/a" must be a function/],
  ['a handler of no command', { ...receiver, commands: { '/a': {} } }, /not one of commands/],
  ['an option of a guard', { ...receiver, command: '/a' }, /no option "command"/],
  ['a misspelt option', { ...receiver, maxbody: 1 }, /no option "maxbody"/],
  ['redirect of its own', { ...receiver, redirect: true }, /redirect must be/],
  ['a broken maxBodySize', { ...receiver, maxBodySize: 1.5 }, /maxBodySize/],
  ['a maxBodySize below zero', { ...receiver, maxBodySize: -1 }, /maxBodySize/],
  ['an endless maxBodySize', { ...receiver, maxBodySize: Number.POSITIVE_INFINITY }, /maxBodySize/],
  ['a bodyTimeout without a unit', { ...receiver, bodyTimeout: '10' }, /bodyTimeout/],
  ['a bodyTimeout of nothing', { ...receiver, bodyTimeout: 0 }, /bodyTimeout/],
  ['a bodyTimeout that no timer can keep', { ...receiver, bodyTimeout: '25d' }, /bodyTimeout/],
  ['any origin', { ...receiver, cors: ['*'] }, /cors/],
  ['an origin with a path', { ...receiver, cors: ['https://a.com/'] }, /cors/],
  ['one origin', { ...receiver, cors: 'https://a.com' }, /cors/],
  ['an onError that is no function', { ...receiver, onError: 1 }, /onError must be a function/],
  ['an onRefusal that is no function', { ...guard, onRefusal: 'x' }, /onRefusal must be a function/],
  ['a guard without its command', policy, /a guard needs the command/],
  ['a guard of no command', { ...guard, command: [] }, /command must be/],
  ['a guard of a command that is not defined', { ...guard, commands: { '/a': {} } }, /not one of commands/],
  ['an option of a receiver', { ...guard, maxBodySize: 5 }, /no option "maxBodySize"/],
  ['nothing', undefined, /options/],
  ['null', null, /options/],
  ['a text', 'hks_x', /options/],
]

describe('a mistake in the options is reported when it is made', () => {
  for (const [what, options, message, code] of mistakes) {
    test(what, async () => {
      const given = options as ReceiverOptions
      const isGuard = typeof options === 'object' && options !== null && !('handlers' in options)
      if (!isGuard) await expectOptionError(() => createReceiver(given), message, code)
      await expectOptionError(() => nodeHookurl(given), message, code)
      await expectOptionError(() => expressHookurl(given), message, code)
      await expectOptionError(
        () => (isGuard ? fetchHookurl(options as GuardOptions, () => new Response()) : fetchHookurl(given)),
        message,
        code,
      )
    })
  }

  test('a fetch-style guard without its route, and a receiver with one', async () => {
    await expectOptionError(() => fetchHookurl(guard as unknown as ReceiverOptions), /needs the route/)
    await expectOptionError(() => fetchHookurl(receiver as unknown as GuardOptions, () => new Response()), /no route/)
  })
})

test('an adapter takes a receiver that was made elsewhere', async () => {
  const made = createReceiver({ ...policy, handlers: { '/onWebhook': () => 'made elsewhere' } })
  const response = await fetchHookurl(made)(new Request(mint(), { method: 'POST' }))
  expect(await response.json()).toBe('made elsewhere')
  expect(nodeHookurl(made)).toBeTypeOf('function')
})

describe('a receiver by itself', () => {
  const made = createReceiver(receiver)

  test('answers 404 where the URL bears no token', async () => {
    const response = await made.fetch(new Request('http://localhost/hooks/other'))
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'no_token' })
  })

  test('hands what is not its own to next, and nothing else', async () => {
    const next = () => new Response('next')
    expect(await (await made.handle(new Request('http://localhost/other'), next)).text()).toBe('next')
    expect((await made.handle(new Request(`${mint()}A`, { method: 'POST' }), next)).status).toBe(400)
    expect(await (await made.handle(new Request(mint(), { method: 'POST' }), next)).json()).toEqual({ ok: true })
  })

  test('keeps the host alive for work that goes on', async () => {
    const kept: Promise<unknown>[] = []
    const later = createReceiver({ ...policy, handlers: { '*': (hook) => hook.waitUntil(Promise.resolve('done')) } })
    await later.fetch(new Request(mint(), { method: 'POST' }), { waitUntil: (work) => void kept.push(work) })
    expect(await Promise.all(kept)).toEqual(['done'])
  })
})
