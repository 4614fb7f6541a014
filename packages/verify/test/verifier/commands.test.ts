import { createMinter, defineCommands, type Hook } from '@hookurl/core'
import {
  createReceiver,
  createVerifier,
  type ReceivedHook,
  type VerifiedHook,
  type VerifierOptions,
} from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { baseUrl, catchError, expectOptionError, key, mint, mintPath, now, policy } from '../support/fixtures.ts'

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

test('what is given out is the output of the schema', async () => {
  const hook = await typed.verify(payment, { command: '/onPayment' })
  expect(hook.content).toEqual({ order: 'A1', at: new Date('2030-01-01T00:00:00Z') })
  expect(Object.isFrozen(hook)).toBe(true)
  expectTypeOf(hook.content).toEqualTypeOf<{ order: string; at: Date }>()
  expectTypeOf(hook.command).toEqualTypeOf<'/onPayment'>()
})

test('the type of a hook follows from its command', async () => {
  const hook = typed.verifySync(payment)
  expectTypeOf(hook).toEqualTypeOf<VerifiedHook<typeof commands>>()
  if (hook.command === '/onPayment') expectTypeOf(hook.content.at).toEqualTypeOf<Date>()
  else expectTypeOf(hook.content).toBeUnknown()
  expectTypeOf(createVerifier(policy).verifySync).returns.toEqualTypeOf<Hook>()
  const misspelt = () => typed.verify(payment, { command: '/onPaymnet' as '/onPayment' })
  expect((await catchError(misspelt)).code).toBe('wrong_command')
  // @ts-expect-error a command that is not defined
  typed.verify(mint({ command: '/onPing' }), { command: '/onPaymnet' }).catch(() => {})
})

test('content that does not fit is refused by its paths, never by its values', async () => {
  const url = mint({ command: '/onPayment', content: { order: 12_345, at: 'x', 'hunter2 in a name': 'hunter2' } })
  const error = await catchError(() => typed.verify(url))
  expect([error.code, error.paths, error.hook?.command]).toEqual(['invalid_content', ['order'], '/onPayment'])
  expect(error.message).toContain('order')
  expect(error.message).not.toMatch(/12345|hunter2/)
})

test('a command that is not defined is refused', async () => {
  for (const command of ['/onWebhook', 'toString', '__proto__']) {
    expect((await catchError(() => typed.verify(mint({ command })))).code).toBe('unknown_command')
  }
})

const schemas: readonly [what: string, validate: (value: unknown) => unknown][] = [
  ['throws', () => raise()],
  ['rejects', () => Promise.reject(new Error('hunter2'))],
  ['gives nothing', () => undefined],
  // biome-ignore lint/suspicious/noThenProperty: some libraries return promises of their own making
  ['refuses in a promise of its own making', () => ({ then: (go: (value: unknown) => void) => go({ issues: [{}] }) })],
]
for (const [what, validate] of schemas) {
  test(`a schema that ${what} has not said yes`, async () => {
    const content = { '~standard': { version: 1, vendor: 'test', validate } }
    const strange = createVerifier({ ...policy, commands: { '/onWebhook': { content } } } as unknown as VerifierOptions)
    const error = await catchError(() => strange.verify(mint({ content: 1 })))
    expect([error.code, error.message.includes('hunter2')]).toEqual(['invalid_content', false])
  })
}

test('an asynchronous schema needs the asynchronous call', async () => {
  const content = z.string().refine(async (text) => text === 'x')
  const slow = createVerifier({ ...policy, commands: { '/onWebhook': { content } } })
  expect((await slow.verify(mint({ content: 'x' }))).content).toBe('x')
  expect((await catchError(() => slow.verify(mint({ content: 'y' })))).code).toBe('invalid_content')
  await expectOptionError(() => slow.verifySync(mint({ content: 'x' })), /schema of the command, is asynchronous/)
  await expectOptionError(() => slow.verifySync(mint({ content: 'y' })), /schema of the command, is asynchronous/)
})

test('a handler gets the outputs, typed by its command', async () => {
  const got: unknown[] = []
  const receiver = createReceiver({
    ...policy,
    commands,
    handlers: {
      '/onPayment': (hook) => {
        expectTypeOf(hook.content).toEqualTypeOf<{ order: string; at: Date }>()
        expectTypeOf(hook.payload).toEqualTypeOf<{ amount: number }>()
        expectTypeOf(hook.userId).toEqualTypeOf<string | undefined>()
        got.push(hook.content.at.getUTCFullYear(), hook.payload.amount)
      },
      '*': (hook) => {
        expectTypeOf(hook).toEqualTypeOf<ReceivedHook<typeof commands>>()
        if (hook.command === '/onPing') expectTypeOf(hook.payload).toBeUnknown()
        got.push(hook.command)
      },
    },
  })
  await receiver.fetch(new Request(payment, { method: 'POST', headers: form, body: 'amount=12.5' }))
  await receiver.fetch(new Request(minter.mintSync({ command: '/onPing' }), { method: 'POST' }))
  expect(got).toEqual([2030, 12.5, '/onPing'])
})

test('without commands a handler gets what is unknown', async () => {
  const receiver = createReceiver({
    ...policy,
    handlers: {
      '/onWebhook': ({ content, payload }) => {
        expectTypeOf(content).toBeUnknown()
        expectTypeOf(payload).toBeUnknown()
        return [content, payload]
      },
    },
  })
  const response = await receiver.fetch(new Request(`${mint({ content: 1 })}?a=2`, { method: 'POST' }))
  expect(await response.json()).toEqual([1, { a: '2' }])
})

test('a schema that keeps only what it knows does not hide a one-click POST', async () => {
  const listed = { '/unsubscribe': { payload: z.object({}) } }
  const handle = hookurl({ ...policy, commands: listed, handlers: { '/unsubscribe': () => undefined } })
  const target = mintPath({ command: '/unsubscribe', redirectTo: 'https://a.com/' })
  const headers = { ...form, accept: 'text/html' }
  const body = 'List-Unsubscribe=One-Click'
  const response = await handle(new Request(`http://localhost${target}`, { method: 'POST', headers, body }))
  expect([response.status, await response.text()]).toEqual([200, '{"ok":true}'])
})

test('the route of a guard gets the hook, typed', async () => {
  const guard = hookurl({ ...policy, commands, command: '/onPayment' }, (_request, hook) => {
    expectTypeOf(hook).toEqualTypeOf<VerifiedHook<typeof commands, '/onPayment'>>()
    return Response.json(hook.command)
  })
  expect(await (await guard(new Request(payment, { method: 'POST' }))).json()).toBe('/onPayment')
})

function raise(): never {
  throw new Error('hunter2')
}
