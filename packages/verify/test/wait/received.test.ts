import { createMinter, defineCommands } from '@hookurl/core'
import type { ReceiverOptions } from '@hookurl/verify'
import type { ReceivedCallback, WaiterOptions } from '@hookurl/verify/wait'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { browserHeaders } from '../contract/shared.ts'
import { summarize } from '../support/counting-receiver.ts'
import { key, toPath } from '../support/fixtures.ts'
import { signers } from '../support/signatures.ts'
import { mountWaiter } from '../support/waiters.ts'

class Money {
  readonly cents = 7
}

const commands = defineCommands({
  '/onResult': { payload: z.object({ status: z.enum(['done', 'failed']), at: z.coerce.date().optional() }) },
  '/approve': { choices: { yes: 'Yes', no: 'No' }, comment: { label: 'Why?', maxLength: 20 } },
  '/money': { payload: z.any().transform(() => new Money()) },
  '/rich': {
    payload: z.any().transform(() => ({
      map: new Map<unknown, unknown>([['a', new Set([1n, undefined, Number.NaN, -0])]]),
      bytes: new Uint8Array([1, 2, 255]),
      invalid: new Date(Number.NaN),
      $: 'a member of the payload',
      nested: [{ $: { $: 'date' } }],
    })),
  },
})

function mount(options: Partial<WaiterOptions> = {}, receiverOptions: Partial<ReceiverOptions> = {}) {
  return mountWaiter({ commands: commands as never, ...options }, receiverOptions)
}

describe('a command', () => {
  test('whose schema rejects the payload keeps its wait open', async () => {
    const { waiter, call } = mount()
    const { url, received } = await waiter.open({ command: '/onResult' })
    expect(summarize(await call(url, { status: 'other' }))).toBe('422 invalid_payload')
    expect(summarize(await call(url, { status: 'done', at: '2027-01-01T00:00:00Z' }))).toBe('200 ok')
    expect((await received).payload).toEqual({ status: 'done', at: new Date('2027-01-01T00:00:00Z') })
  })

  test('with choices receives the decision, and a second visitor gets 410', async () => {
    const { waiter, send } = mount()
    const { url, received } = await waiter.open({ command: '/approve' })
    const page = await send({ path: toPath(url), headers: browserHeaders })
    expect(page.text.match(/<button[^>]*>/g)).toHaveLength(2)
    const headers = { ...browserHeaders, 'content-type': 'application/x-www-form-urlencoded' }
    const press = (body: string) => send({ method: 'POST', path: toPath(url), body, headers })
    expect((await press('choice=maybe')).status).toBe(422)
    expect(summarize(await press('choice=yes&comment=fine'))).toBe('200 Done')
    expect((await press('choice=no')).status).toBe(410)
    expect(await received).toMatchObject({ choice: 'yes', comment: 'fine' })
  })

  test('whose schema returns what JSON lacks receives it unchanged', async () => {
    const { waiter, call } = mount()
    const { url, received } = await waiter.open({ command: '/rich' })
    await call(url, {})
    expect((await received).payload).toEqual({
      map: new Map<unknown, unknown>([['a', new Set([1n, undefined, Number.NaN, -0])]]),
      bytes: new Uint8Array([1, 2, 255]),
      invalid: new Date(Number.NaN),
      $: 'a member of the payload',
      nested: [{ $: { $: 'date' } }],
    })
  })

  test('whose schema returns an object of a class fails, and its wait stays open', async () => {
    const { waiter, call, errors } = mount()
    const { url } = await waiter.open({ command: '/money' })
    expect(summarize(await call(url, {}))).toBe('500 handler_failed')
    expect(String(errors[0])).toContain('an object of the class Money cannot be stored')
    expect(summarize(await call(url, {}))).toBe('500 handler_failed')
  })
})

describe('a restriction', () => {
  test('requireSignature accepts only signed requests, and names the scheme', async () => {
    const { waiter, call } = mountWaiter()
    const { url, received } = await waiter.open({ command: '/onResult', requireSignature: true })
    expect(summarize(await call(url, 1))).toBe('403 unsigned_request')
    const secret = {
      whsec: await waiter.signingSecret(url),
      plain: await waiter.signingSecret(url, { encoding: 'plain' }),
    }
    expect(summarize(await call(url, 1, signers['x-hub-signature-256']({ secret, body: '1' })))).toBe('200 ok')
    expect(await received).toMatchObject({ payload: 1, signedBy: 'x-hub-signature-256' })
  })

  test('requireUser accepts only the user of the URL, who is the actor', async () => {
    const { waiter, call } = mountWaiter({}, { user: (request) => (request as Request).headers.get('x-user') })
    const { url, received } = await waiter.open({ command: '/onResult', requireUser: true, userId: 'ana' })
    expect(summarize(await call(url, 1))).toBe('401 sign_in_required')
    expect(summarize(await call(url, 1, { 'x-user': 'bob' }))).toBe('403 wrong_user')
    expect(summarize(await call(url, 1, { 'x-user': 'ana' }))).toBe('200 ok')
    expect((await received).actor).toBe('ana')
  })

  test('authorize and state are checked before anything is stored', async () => {
    let [isAuthorized, state] = [false, 'v2']
    const { waiter, call } = mountWaiter({}, { authorize: () => isAuthorized, state: () => state })
    const { url, received } = await waiter.open({ command: '/onResult', state: 'v1' })
    expect(summarize(await call(url, 1))).toBe('410 state_changed')
    state = 'v1'
    expect(summarize(await call(url, 1))).toBe('403 denied')
    isAuthorized = true
    expect(summarize(await call(url, 1))).toBe('200 ok')
    expect((await received).payload).toBe(1)
  })

  test('maxBodySize limits what is stored', async () => {
    const { waiter, call } = mountWaiter({}, { maxBodySize: 10 })
    const { url } = await waiter.open({ command: '/onResult' })
    expect(summarize(await call(url, 'x'.repeat(9)))).toBe('413 body_too_large')
    expect(summarize(await call(url, 'x'.repeat(8)))).toBe('200 ok')
  })
})

describe('a payload', () => {
  async function receive(body: BodyInit | undefined, type?: string): Promise<ReceivedCallback> {
    const { waiter, send } = mountWaiter()
    const { url, received } = await waiter.open({ command: '/onResult' })
    const request = new Request('https://x.example', { method: 'POST', body: body ?? null })
    const contentType = type ?? request.headers.get('content-type')
    const headers: Record<string, string> = contentType === null ? {} : { 'content-type': contentType }
    const bytes = new Uint8Array(await request.arrayBuffer())
    await send({ method: 'POST', path: `${toPath(url)}?a=1`, headers, ...(body !== undefined && { body: bytes }) })
    return received
  }

  test('may be JSON, a form, text, bytes or the query', async () => {
    expect((await receive('[1,null,{"a":"é"}]', 'application/json')).payload).toEqual([1, null, { a: 'é' }])
    expect((await receive(new URLSearchParams('b=2&b=3'))).payload).toEqual({ b: ['2', '3'] })
    expect((await receive('grüße', 'text/plain')).payload).toBe('grüße')
    expect((await receive('\0\u0001', 'application/octet-stream')).payload).toEqual(new Uint8Array([0, 1]))
    expect((await receive(undefined)).payload).toEqual({ a: '1' })
  })

  test('may contain files', async () => {
    const form = new FormData()
    form.append('note', 'for Monday')
    form.append('scan', new File(['%PDF-'], 'scan.pdf', { type: 'application/pdf' }))
    const { note, scan } = (await receive(form)).payload as { note: string; scan: File }
    expect([note, scan.name, scan.type, await scan.text()]).toEqual([
      'for Monday',
      'scan.pdf',
      'application/pdf',
      '%PDF-',
    ])
  })
})

describe('the headers', () => {
  async function receiveHeaders(headers: Record<string, string>): Promise<Headers> {
    const { waiter, call } = mountWaiter()
    const { url, received } = await waiter.open({ command: '/onResult' })
    await call(url, 1, headers)
    return (await received).headers
  }

  test('are received without credentials', async () => {
    const credentials = [
      'authorization',
      'cookie',
      'proxy-authorization',
      'x-gitlab-token',
      'x-telegram-bot-api-secret-token',
    ]
    const sent = Object.fromEntries([...credentials, 'x-event', 'webhook-signature'].map((name) => [name, 'sent']))
    const headers = await receiveHeaders(sent)
    expect(credentials.filter((name) => headers.has(name))).toEqual([])
    expect([headers.get('x-event'), headers.get('webhook-signature')]).toEqual(['sent', 'sent'])
  })

  test('are received up to 4 KB each and 16 KB in total', async () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`x-${at}`, 'x'.repeat(2048)]))
    const headers = await receiveHeaders({ ...many, 'a-long-one': 'x'.repeat(4096) })
    expect(headers.has('a-long-one')).toBe(false)
    expect([...headers].reduce((total, [name, value]) => total + name.length + value.length, 0)).toBeLessThan(16_385)
    expect(headers.has('x-0')).toBe(true)
  })
})

test('a URL of the same purpose is accepted only with the id of an open wait', async () => {
  const { waiter, call } = mountWaiter()
  const { id } = await waiter.open({ command: '/onResult' })
  const minter = createMinter({
    keys: key,
    baseUrl: 'https://bot.example.com/waits',
    purpose: 'wait',
    expiresIn: 'never',
  })
  expect(summarize(await call(minter.mintSync({ command: '/onResult' }), 1))).toBe('410 already_used')
  expect(summarize(await call(minter.mintSync({ command: '/onResult', id }), 1))).toBe('200 ok')
})
