import { createReceiver, type GuardOptions, type ReceiverOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { describe, expect, test } from 'vitest'
import { expectOptionError, mint, policy } from '../support/fixtures.ts'

const handlers = { '/onWebhook': () => undefined }
const receiver = { ...policy, handlers }
const guard = { ...policy, command: '/onWebhook' }

const invalid: readonly [what: string, options: unknown, message: RegExp, code?: string][] = [
  ['a missing key', { handlers }, /there is no key/, 'invalid_key'],
  ['a short key', { ...receiver, keys: 'hks_AAAA' }, /43/, 'invalid_key'],
  ['empty handlers', { ...receiver, handlers: {} }, /handlers must be/],
  ['undefined handlers', { ...receiver, handlers: undefined }, /handlers must be/],
  ['a handler that is not a function', { ...receiver, handlers: { '/a': 'x' } }, /handler of "\/a" must be a function/],
  [
    'a handler with a misspelled command',
    { ...policy, commands: { '/onPayment': {} }, handlers: { '/onPayement': () => {} } },
    /handler for "\/onPayement", which is not defined in commands, and none for "\/onPayment"/,
  ],
  ['handlers that are all undefined', { ...policy, handlers: { '/a': undefined } }, /handlers must be/],
  ['a receiver with an option of a guard', { ...receiver, command: '/a' }, /no option "command"/],
  ['an unknown option', { ...receiver, maxbody: 1 }, /no option "maxbody"/],
  ['an unknown redirect', { ...receiver, redirect: true }, /redirect must be/],
  ['a maxBodySize that is not an integer', { ...receiver, maxBodySize: 1.5 }, /maxBodySize/],
  ['a negative maxBodySize', { ...receiver, maxBodySize: -1 }, /maxBodySize/],
  ['an infinite maxBodySize', { ...receiver, maxBodySize: Number.POSITIVE_INFINITY }, /maxBodySize/],
  ['a bodyTimeout without a unit', { ...receiver, bodyTimeout: '10' }, /bodyTimeout/],
  ['a bodyTimeout of 0', { ...receiver, bodyTimeout: 0 }, /bodyTimeout/],
  ['a bodyTimeout longer than a timer can run', { ...receiver, bodyTimeout: '25d' }, /bodyTimeout/],
  ['cors with *', { ...receiver, cors: ['*'] }, /cors/],
  ['cors with a URL that has a path', { ...receiver, cors: ['https://a.com/'] }, /cors/],
  ['cors that is not an array', { ...receiver, cors: 'https://a.com' }, /cors/],
  ['an onError that is not a function', { ...receiver, onError: 1 }, /onError must be a function/],
  ['an onResult that is not a function', { ...receiver, onResult: 1 }, /onResult must be a function/],
  ['a guard with an onError that is not a function', { ...guard, onError: 'x' }, /onError must be a function/],
  ['a guard with an onResult that is not a function', { ...guard, onResult: 'x' }, /onResult must be a function/],
  ['a guard without a command', policy, /command is required for a guard/],
  ['a guard with an empty array of commands', { ...guard, command: [] }, /command must be/],
  ['a guard with an undefined command', { ...guard, commands: { '/a': {} } }, /not defined in commands/],
  ["a guard with '*' among other commands", { ...guard, command: ['*'], commands: { '/a': {} } }, /cannot be combined/],
  ['a guard with an option of a receiver', { ...guard, maxBodySize: 5 }, /no option "maxBodySize"/],
  ['undefined', undefined, /options/],
  ['null', null, /options/],
  ['a string', 'hks_x', /options/],
]

describe('options', () => {
  for (const [what, options, message, code] of invalid) {
    const given = options as ReceiverOptions
    const isGuard = typeof options === 'object' && options !== null && !('handlers' in options)

    if (!isGuard) {
      test(`createReceiver throws for ${what}`, async () => {
        await expectOptionError(() => createReceiver(given), message, code)
      })
    }

    test(`the adapters throw for ${what}`, async () => {
      await expectOptionError(() => nodeHookurl(given), message, code)
      await expectOptionError(() => expressHookurl(given), message, code)
      const callFetch = () =>
        isGuard ? fetchHookurl(options as GuardOptions, () => new Response()) : fetchHookurl(given)
      await expectOptionError(callFetch, message, code)
    })
  }

  test('an option that is undefined has its default', async () => {
    const names = [
      'purpose',
      'commands',
      'redirectHosts',
      'clockTolerance',
      'state',
      'authorize',
      'user',
      'signIn',
      'cors',
    ]
    const more = ['handshakes', 'pages', 'signatureSchemes', 'uses', 'onResult', 'onError']
    const common = Object.fromEntries([...names, ...more].map((name) => [name, undefined]))
    const own = Object.fromEntries(
      ['basePath', 'redirect', 'maxBodySize', 'bodyTimeout', 'ackAfter'].map((name) => [name, undefined]),
    )
    const receive = fetchHookurl({ ...receiver, ...common, ...own } as never)
    const guarded = fetchHookurl({ ...guard, ...common } as GuardOptions, () => new Response())
    for (const handle of [receive, guarded])
      expect((await handle(new Request(mint(), { method: 'POST' }))).status).toBe(200)
  })

  test('a fetch guard without a route throws', async () => {
    await expectOptionError(() => fetchHookurl(guard as unknown as ReceiverOptions), /needs the route/)
  })

  test('a fetch receiver with a route throws', async () => {
    const withRoute = () => fetchHookurl(receiver as unknown as GuardOptions, () => new Response())
    await expectOptionError(withRoute, /no route/)
  })
})
