import { createMinter, defineCommands, type Hook } from '@hookurl/core'
import {
  type AuthorizedHook,
  createReceiver,
  createVerifier,
  type ReceivedHook,
  type VerifiedHook,
  type VerifierOptions,
} from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import {
  baseUrl,
  catchError,
  expectOptionError,
  key,
  mint,
  mintPath,
  now,
  policy,
  signPathForAnyCommand,
} from '../support/fixtures.ts'

const commands = defineCommands({
  '/onPayment': {
    content: z.object({ order: z.string(), at: z.string().transform((text) => new Date(text)) }),
    payload: z.object({ amount: z.coerce.number() }),
    title: 'Pay',
  },
  '/onPing': {},
})
const typed = createVerifier({ ...policy, commands })
const minter = createMinter({ keys: key, baseUrl, expiresIn: '1h', now, commands })
const payment = minter.mintSync({ command: '/onPayment', content: { order: 'A1', at: '2030-01-01T00:00:00Z' } })
const form = { 'content-type': 'application/x-www-form-urlencoded' }

test('content is the output of its schema', async () => {
  const hook = await typed.verify(payment, { command: '/onPayment' })
  expect(hook.content).toEqual({ order: 'A1', at: new Date('2030-01-01T00:00:00Z') })
  expect(Object.isFrozen(hook)).toBe(true)
  expectTypeOf(hook.content).toEqualTypeOf<{ order: string; at: Date }>()
  expectTypeOf(hook.command).toEqualTypeOf<'/onPayment'>()
})

test('the type of a hook depends on its command', async () => {
  const hook = typed.verifySync(payment)
  expectTypeOf(hook).toEqualTypeOf<VerifiedHook<typeof commands>>()
  if (hook.command === '/onPayment') expectTypeOf(hook.content.at).toEqualTypeOf<Date>()
  else expectTypeOf(hook.content).toBeUnknown()
  expectTypeOf(createVerifier(policy).verifySync).returns.toEqualTypeOf<Hook>()
  const unknownCommand = () => typed.verify(payment, { command: '/onPaymnet' as '/onPayment' })
  expect((await catchError(unknownCommand)).code).toBe('wrong_command')
  // @ts-expect-error a command that is not defined
  typed.verify(mint({ command: '/onPing' }), { command: '/onPaymnet' }).catch(() => {})
})

test('invalid content is rejected with its paths, without its values', async () => {
  const url = mint({ command: '/onPayment', content: { order: 12_345, at: 'x', 'hunter2 in a name': 'hunter2' } })
  const error = await catchError(() => typed.verify(url))
  expect(error.code).toBe('invalid_content')
  expect(error.paths).toEqual(['order'])
  expect(error.hook?.command).toBe('/onPayment')
  expect(error.message).toContain('order')
  expect(error.message).not.toMatch(/12345|hunter2/)
})

for (const command of ['/onWebhook', 'toString', '__proto__']) {
  test(`the undefined command ${command} is rejected with unknown_command`, async () => {
    expect((await catchError(() => typed.verify(mint({ command })))).code).toBe('unknown_command')
  })
}

const schemas: readonly [what: string, validate: (value: unknown) => unknown][] = [
  ['throws', () => raise()],
  ['rejects', () => Promise.reject(new Error('hunter2'))],
  ['returns undefined', () => undefined],
  // biome-ignore lint/suspicious/noThenProperty: some libraries return promises of their own
  ['returns a thenable of issues', () => ({ then: (go: (value: unknown) => void) => go({ issues: [{}] }) })],
]
for (const [what, validate] of schemas) {
  test(`content is rejected when its schema ${what}`, async () => {
    const content = { '~standard': { version: 1, vendor: 'test', validate } }
    const verifier = createVerifier({
      ...policy,
      commands: { '/onWebhook': { content } },
    } as unknown as VerifierOptions)
    const error = await catchError(() => verifier.verify(mint({ content: 1 })))
    expect(error.code).toBe('invalid_content')
    expect(error.message).not.toContain('hunter2')
  })
}

const asynchronous = createVerifier({
  ...policy,
  commands: { '/onWebhook': { content: z.string().refine(async (text) => text === 'x') } },
})

test('verify awaits an asynchronous schema', async () => {
  expect((await asynchronous.verify(mint({ content: 'x' }))).content).toBe('x')
  expect((await catchError(() => asynchronous.verify(mint({ content: 'y' })))).code).toBe('invalid_content')
})

for (const content of ['x', 'y']) {
  test(`verifySync throws invalid_option for an asynchronous schema (content ${content})`, async () => {
    const verify = () => asynchronous.verifySync(mint({ content }))
    await expectOptionError(verify, /schema of the command is asynchronous/)
  })
}

test('a handler receives the outputs of the schemas, typed by its command', async () => {
  const received: unknown[] = []
  const receiver = createReceiver({
    ...policy,
    commands,
    handlers: {
      '/onPayment': (hook) => {
        expectTypeOf(hook.content).toEqualTypeOf<{ order: string; at: Date }>()
        expectTypeOf(hook.payload).toEqualTypeOf<{ amount: number }>()
        expectTypeOf(hook.userId).toEqualTypeOf<string | undefined>()
        received.push(hook.content.at.getUTCFullYear(), hook.payload.amount)
      },
      '*': (hook) => {
        expectTypeOf(hook).toEqualTypeOf<ReceivedHook<typeof commands>>()
        if (hook.command === '/onPing') expectTypeOf(hook.payload).toBeUnknown()
        received.push(hook.command)
      },
    },
  })
  await receiver.fetch(new Request(payment, { method: 'POST', headers: form, body: 'amount=12.5' }))
  await receiver.fetch(new Request(minter.mintSync({ command: '/onPing' }), { method: 'POST' }))
  expect(received).toEqual([2030, 12.5, '/onPing'])
})

const mixed = createReceiver({
  ...policy,
  commands,
  handlers: {
    '/onWebhook': ({ content, payload }) => Response.json([content, payload]),
    '/onPing': undefined,
    '*': ({ command }) => Response.json(`any: ${command}`),
  },
})
const postTo = (url: string) => mixed.fetch(new Request(url, { method: 'POST', headers: form, body: 'a=1' }))

test('a handler of a command without a definition receives any content and payload', async () => {
  const response = await postTo(mint({ command: '/onWebhook', content: [1] }))
  expect(await response.json()).toEqual([[1], { a: '1' }])
})

test("with commands, the handler of '*' receives only commands that are defined", async () => {
  expect(await (await postTo(mint({ command: '/onPing' }))).json()).toBe('any: /onPing')
  expect((await postTo(mint({ command: '/other' }))).status).toBe(404)
})

test("a token for the command '*' is rejected although '*' has a handler", async () => {
  expect((await postTo(`https://bot.example.com${await signPathForAnyCommand()}`)).status).toBe(404)
})

test('a handler whose name is not similar to a defined command needs no definition', () => {
  const handlers = { '/onOther': () => {}, '/a': () => {} }
  expect(() => createReceiver({ ...policy, commands: { '/onPayment': {}, '/b': {} }, handlers })).not.toThrow()
})

test('without commands, content and payload are unknown', async () => {
  const receiver = createReceiver({
    ...policy,
    handlers: {
      '/onWebhook': ({ content, payload }) => {
        expectTypeOf(content).toBeUnknown()
        expectTypeOf(payload).toBeUnknown()
        return Response.json([content, payload])
      },
    },
  })
  const response = await receiver.fetch(new Request(`${mint({ content: 1 })}?a=2`, { method: 'POST' }))
  expect(await response.json()).toEqual([1, { a: '2' }])
})

test('a one-click unsubscribe is recognized although the schema drops its fields', async () => {
  const unsubscribe = { '/unsubscribe': { payload: z.object({}) } }
  const receive = hookurl({ ...policy, commands: unsubscribe, handlers: { '/unsubscribe': () => undefined } })
  const target = mintPath({ command: '/unsubscribe', redirectTo: 'https://a.com/' })
  const headers = { ...form, 'sec-fetch-mode': 'navigate' }
  const body = 'List-Unsubscribe=One-Click'
  const response = await receive(new Request(`http://localhost${target}`, { method: 'POST', headers, body }))
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('{"ok":true}')
})

test('the route of a guard receives the hook, typed by its command', async () => {
  const guard = hookurl({ ...policy, commands, command: '/onPayment' }, (_request, hook) => {
    expectTypeOf(hook).toEqualTypeOf<AuthorizedHook<VerifiedHook<typeof commands, '/onPayment'>>>()
    return Response.json(hook.command)
  })
  expect(await (await guard(new Request(payment, { method: 'POST' }))).json()).toBe('/onPayment')
})

function raise(): never {
  throw new Error('hunter2')
}
