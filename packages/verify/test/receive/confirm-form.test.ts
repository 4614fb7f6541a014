import { createReceiver, memoryUseStore, type ReceivedHook, type ReceiverOptions } from '@hookurl/verify'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { browserHeaders } from '../contract/shared.ts'
import { sendToHandler } from '../support/clients.ts'
import { summarize } from '../support/counting-receiver.ts'
import { key, mintPath } from '../support/fixtures.ts'

afterEach(() => void vi.useRealTimers())

const form = { ...browserHeaders, 'content-type': 'application/x-www-form-urlencoded' }

function createReceiverWithPage(options: Partial<ReceiverOptions> = {}) {
  const hooks: ReceivedHook[] = []
  const receiver = createReceiver({
    keys: key,
    uses: memoryUseStore(),
    onError: () => {},
    handlers: { '*': (hook) => void hooks.push(hook) },
    ...options,
  })
  const send = sendToHandler((request) => receiver.fetch(request))

  /** Opens the confirm page and returns the body that its form submits. */
  async function openPage(path: string): Promise<string> {
    const { text } = await send({ path, headers: browserHeaders })
    const [, name = '', value = ''] = /<input type="hidden" name="([^"]+)" value="([^"]+)">/.exec(text) ?? []
    return name === '' ? '' : new URLSearchParams({ [name]: value }).toString()
  }

  const submit = async (path: string, body: string, headers: Record<string, string> = form) =>
    summarize(await send({ method: 'POST', path, headers, body }))
  return { hooks, openPage, submit, send }
}

describe('the confirm page of a single-use URL', () => {
  test('has a form that is different each time it is opened', async () => {
    const { openPage } = createReceiverWithPage()
    const path = mintPath({ maxUses: 1 })
    const [first, second] = [await openPage(path), await openPage(path)]
    expect(first).not.toBe('')
    expect(first).not.toBe(second)
  })

  test('says Done again when the same form is submitted again, even a day later', async () => {
    const { hooks, openPage, submit } = createReceiverWithPage({
      uses: memoryUseStore({ now: () => Date.now() + (hooks.length > 0 ? 86_400_000 : 0) }),
    })
    const path = mintPath({ maxUses: 1 })
    const body = await openPage(path)
    expect(await submit(path, body)).toBe('200 Done')
    expect(await submit(path, body)).toBe('200 Done')
    expect(hooks).toHaveLength(1)
  })

  test('says Done to both requests of a double click', async () => {
    const { hooks, openPage, submit } = createReceiverWithPage()
    const path = mintPath({ maxUses: 1 })
    const body = await openPage(path)
    expect(await Promise.all([submit(path, body), submit(path, body)])).toEqual(['200 Done', '200 Done'])
    expect(hooks).toHaveLength(1)
  })

  test('tells another visitor that the link was already used, and when', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
    const { openPage, send } = createReceiverWithPage()
    const path = mintPath({ maxUses: 1 })
    const [thief, victim] = [await openPage(path), await openPage(path)]
    await send({ method: 'POST', path, headers: form, body: thief })
    const { status, text } = await send({ method: 'POST', path, headers: form, body: victim })
    expect(status).toBe(410)
    expect(text).toContain('This link was already used')
    expect(text).toMatch(/It was used on January 15, 2027 at 8:00\sAM UTC/)
  })

  test('does not pass its field to the handler', async () => {
    const { hooks, openPage, submit } = createReceiverWithPage()
    const path = `${mintPath({ maxUses: 2 })}?a=1`
    await submit(path, await openPage(path))
    await submit(path, `${await openPage(path)}&name=Ada`)
    expect(hooks.map(({ payload }) => payload)).toEqual([{ a: '1' }, { name: 'Ada' }])
  })

  test('keeps its field when only its copy is custom', async () => {
    const { openPage } = createReceiverWithPage({ pages: { confirm: () => ({ title: 'Sure?' }) } })
    expect(await openPage(mintPath({ maxUses: 1 }))).not.toBe('')
  })
})

describe('a custom confirm page of a single-use URL', () => {
  const pages = { confirm: () => '<form method="post"><button>Yes</button></form>' }
  const ada = { ...form, 'user-agent': 'Firefox', 'accept-language': 'en' }

  async function submitTwice(second: Record<string, string>, afterMs: number): Promise<string> {
    let now = Date.now()
    const { submit } = createReceiverWithPage({ pages, uses: memoryUseStore({ now: () => now }) })
    const path = mintPath({ maxUses: 1 })
    await submit(path, '', ada)
    now += afterMs
    return submit(path, '', second)
  }

  test('says Done again to the same browser within a minute', async () => {
    expect(await submitTwice(ada, 59_000)).toBe('200 Done')
  })
  test('says that it was used to the same browser after a minute', async () => {
    expect(await submitTwice(ada, 61_000)).toBe('410 This link was already used')
  })
  test('says that it was used to a browser with another User-Agent', async () => {
    expect(await submitTwice({ ...ada, 'user-agent': 'Chrome' }, 1000)).toBe('410 This link was already used')
  })
  test('says that it was used to a browser with another Accept-Language', async () => {
    expect(await submitTwice({ ...ada, 'accept-language': 'de' }, 1000)).toBe('410 This link was already used')
  })
})

describe('a retry of an API client', () => {
  const json = { 'content-type': 'application/json' }
  const hour = 3_600_000

  async function sendTwice([first, second]: readonly [RequestInput, RequestInput], afterMs: number): Promise<string> {
    let now = Date.now()
    const { send } = createReceiverWithPage({ uses: memoryUseStore({ now: () => now }) })
    const path = mintPath({ maxUses: 1, expiresIn: '30d' })
    await send({ method: 'POST', path, ...first })
    now += afterMs
    return summarize(await send({ method: 'POST', path, ...second }))
  }

  interface RequestInput {
    readonly headers?: Record<string, string>
    readonly body?: string
  }

  test('with a body is a duplicate for as long as the record is kept', async () => {
    const request = { headers: json, body: '{"a":1}' }
    expect(await sendTwice([request, request], 29 * 24 * hour)).toBe('200 duplicate')
  })
  test('without a body is a duplicate for an hour', async () => {
    expect(await sendTwice([{}, {}], hour - 1000)).toBe('200 duplicate')
  })
  test('without a body is already_used after an hour', async () => {
    expect(await sendTwice([{}, {}], hour + 1000)).toBe('410 already_used')
  })
  test('with another Content-Type is another delivery', async () => {
    const other = { headers: { 'content-type': 'application/vnd.api+json' }, body: '{"a":1}' }
    expect(await sendTwice([{ headers: json, body: '{"a":1}' }, other], 0)).toBe('410 already_used')
  })

  const idHeaders = [
    'webhook-id',
    'svix-id',
    'idempotency-key',
    'x-github-delivery',
    'x-gitea-delivery',
    'i-twilio-idempotency-token',
    'x-shopify-webhook-id',
    'ce-id',
    'x-request-uuid',
    'twitch-eventsub-message-id',
  ]
  for (const name of idHeaders) {
    test(`with the same ${name} is a duplicate for as long as the record is kept, whatever its body`, async () => {
      const headers = { ...json, [name]: '1' }
      const requests = [
        { headers, body: '{"a":1}' },
        { headers, body: '{"a":2}' },
      ] as const
      expect(await sendTwice(requests, 29 * 24 * hour)).toBe('200 duplicate')
    })
  }
})
