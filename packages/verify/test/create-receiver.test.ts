import { createReceiver } from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { expect, test } from 'vitest'
import { mint, policy } from './support/fixtures.ts'

const receiver = createReceiver({ ...policy, handlers: { '/onWebhook': () => undefined } })
const next = () => new Response('next')

test('fetch responds with 404 and no_token to a URL without a token', async () => {
  const response = await receiver.fetch(new Request('http://localhost/hooks/other'))
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ code: 'no_token' })
})

test('handle passes a URL without a token to next', async () => {
  const response = await receiver.handle(new Request('http://localhost/other'), next)
  expect(await response.text()).toBe('next')
})

test('handle rejects a malformed token', async () => {
  expect((await receiver.handle(new Request(`${mint()}A`, { method: 'POST' }), next)).status).toBe(400)
})

test('handle runs a valid hook', async () => {
  const response = await receiver.handle(new Request(mint(), { method: 'POST' }), next)
  expect(await response.json()).toEqual({ ok: true })
})

test('fetch passes the work of hook.waitUntil to the waitUntil of the host', async () => {
  const works: Promise<unknown>[] = []
  const background = createReceiver({ ...policy, handlers: { '*': (hook) => hook.waitUntil(Promise.resolve('done')) } })
  await background.fetch(new Request(mint(), { method: 'POST' }), { waitUntil: (work) => void works.push(work) })
  expect(await Promise.all(works)).toEqual(['done'])
})

test('an adapter accepts an existing receiver', async () => {
  const existing = createReceiver({
    ...policy,
    handlers: { '/onWebhook': () => Response.json('from the existing receiver') },
  })
  const response = await fetchHookurl(existing)(new Request(mint(), { method: 'POST' }))
  expect(await response.json()).toBe('from the existing receiver')
})

test('an asynchronous keys function is called once by many requests at once', async () => {
  let calls = 0
  const keys = async (): Promise<string> => {
    calls++
    await new Promise((resolve) => setTimeout(resolve, 5))
    return policy.keys
  }
  const loading = createReceiver({ ...policy, keys, handlers: { '*': () => undefined } })
  const urls = Array.from({ length: 50 }, () => new Request(mint(), { method: 'POST' }))
  const responses = await Promise.all(urls.map((request) => loading.fetch(request)))
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
  expect(calls).toBe(1)
})

test('a request after an asynchronous keys function has rejected loads the keys again', async () => {
  const results = [Promise.reject(new Error('locked')), Promise.resolve(policy.keys)]
  results[0]?.catch(() => {})
  const keys = () => results.shift()
  const loading = createReceiver({ ...policy, keys, onError: () => {}, handlers: { '*': () => undefined } })
  const post = () => loading.fetch(new Request(mint(), { method: 'POST' }))
  const response = await post()
  expect(await response.json()).toMatchObject({ status: 503, code: 'keys_unavailable' })
  expect(response.headers.get('retry-after')).toBe('5')
  expect((await post()).status).toBe(200)
})
