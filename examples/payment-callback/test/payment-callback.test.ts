import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { checked } from '../../checked.ts'
import { findPort } from '../../free-port.ts'
import { type Program, startProgram } from '../../program.ts'
import { type Outside, openOutside } from './outside.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))
const secret = `whsec_${randomBytes(32).toString('base64')}`
const homes: string[] = []
const programs: Program[] = []
let outside: Outside
let shop: Program
let restart: () => Promise<Program>

beforeAll(async () => {
  outside = await openOutside()
  const cwd = makeHome()
  const port = await findPort()
  const to = { PAYMENTS: `${outside.origin}/payments`, WAREHOUSE: `${outside.origin}/shipments`, PORT: String(port) }
  restart = () => start('shop.ts', cwd, to)
  shop = await restart()
}, 60_000)

afterAll(async () => {
  await Promise.all(programs.map(({ stop }) => stop()))
  outside?.stop()
  for (const home of homes) rmSync(home, { recursive: true })
  checked('payment-callback', 'retries, duplicates, a restart: shipped once; what is not signed is refused')
})

test('a payment service that tries again, and sends a duplicate, has an order shipped once', async () => {
  const services = await start('services.ts', makeHome(), { PORT: String(await findPort()), RETRY_MS: '20' })
  const { origin } = services
  const to = { PAYMENTS: `${origin}/payments`, WAREHOUSE: `${origin}/shipments`, PORT: String(await findPort()) }
  const own = await start('shop.ts', makeHome(), to)

  const { id } = await order(own)
  await expect.poll(() => services.output(), { timeout: 10_000 }).toContain(`${id}: once more`)
  expect(services.output().split('\n').slice(1, -1)).toEqual([
    `${id}: try 1 → 500`,
    `${id}: shipped`,
    `${id}: try 2 → 200`,
    `${id}: once more, as if the answer had been lost → 200`,
  ])
  expect(await stateOf(own, id)).toBe('paid')
  expect(own.output().split(`order ${id}: paid`)).toHaveLength(2)
})

test('many deliveries of one event at once are shipped once', async () => {
  const { id, url } = await order(shop)
  const event = succeeded(id)
  const delivery = `evt_${randomUUID()}`
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(url, event, { id: delivery })))
  expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([])
  expect(await post(url, event, { id: delivery })).toEqual({ status: 200, body: '{"ok":true,"duplicate":true}' })
  expect(countShipped(id)).toBe(1)
})

test('a delivery that failed may come again, also under the same name', async () => {
  const { id, url } = await order(shop)
  outside.answers.push(503)
  const delivery = `evt_${randomUUID()}`
  expect(await post(url, succeeded(id), { id: delivery })).toMatchObject({ status: 500 })
  expect(await stateOf(shop, id)).toBe('waiting')
  expect(await post(url, succeeded(id), { id: delivery })).toEqual({ status: 200, body: '{"ok":true}' })
  expect(await stateOf(shop, id)).toBe('paid')
})

test('a duplicate is known after the shop was stopped and started again, and a second payment is refused', async () => {
  const { id, url } = await order(shop)
  const delivery = `evt_${randomUUID()}`
  expect(await post(url, succeeded(id), { id: delivery })).toMatchObject({ status: 200 })
  await shop.stop()
  await expect(post(url, succeeded(id), { id: delivery })).rejects.toThrow()
  shop = await restart()
  expect(await post(url, succeeded(id), { id: delivery })).toEqual({
    status: 200,
    body: '{"ok":true,"duplicate":true}',
  })
  expect(await post(url, succeeded(id))).toMatchObject({ status: 410 })
  expect(countShipped(id)).toBe(1)
})

test('what the service did not sign is refused, and spends nothing', async () => {
  const { id, url } = await order(shop)
  const unsigned = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: succeeded(id),
  })
  const forged = await post(url, succeeded(id), { by: new Webhook(randomBytes(32).toString('base64')) })
  const signed = succeeded(id)
  const changed = await post(url, signed, { sent: signed.replace('4990', '1') })
  expect([unsigned.status, forged.status, changed.status, await stateOf(shop, id)]).toEqual([401, 401, 401, 'waiting'])
  expect(await post(url, succeeded(id))).toMatchObject({ status: 200 })
})

test('a signed event of another order does not pay for this one', async () => {
  const [cheap, dear] = [await order(shop, 1), await order(shop)]
  expect(await post(dear.url, succeeded(cheap.id))).toMatchObject({ status: 422 })
  expect(await stateOf(shop, dear.id)).toBe('waiting')
})

test('too little is not enough, and a failed payment closes the order', async () => {
  const [less, failed] = [await order(shop), await order(shop)]
  const failure = JSON.stringify({ type: 'payment.failed', data: { reference: failed.id, reason: 'declined' } })
  expect(await post(less.url, succeeded(less.id, 4989))).toMatchObject({ status: 200 })
  expect(await post(failed.url, failure)).toMatchObject({ status: 200 })
  expect([await stateOf(shop, less.id), await stateOf(shop, failed.id)]).toEqual(['wrong amount', 'failed'])
  expect(countShipped(less.id) + countShipped(failed.id)).toBe(0)
})

test('an event of another kind is refused by its schema, whoever signed it', async () => {
  const { id, url } = await order(shop)
  const answer = await post(url, JSON.stringify({ type: 'payment.refunded', data: { reference: id, amount: 4990 } }))
  expect([answer.status, JSON.parse(answer.body).code]).toEqual([422, 'invalid_payload'])
})

test('no program prints a token', () => {
  const tokens = [...outside.callbacks.values()].flatMap((url) => inspect(url).token ?? [])
  const printed = programs.map(({ output }) => output()).join('')
  expect(tokens.length).toBeGreaterThan(5)
  expect(tokens.filter((token) => printed.includes(token))).toEqual([])
})

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'hookurl-shop-'))
  homes.push(home)
  return home
}

async function start(file: string, cwd: string, env: Record<string, string>): Promise<Program> {
  const words: [string, ...string[]] = [process.execPath, '--import', import.meta.resolve('tsx'), join(folder, file)]
  const program = await startProgram(words, { cwd, env: { HOOKURL_KEYS: testKey, PAYMENT_SECRET: secret, ...env } })
  programs.push(program)
  return program
}

async function order(at: Program, amount = 4990): Promise<{ id: string; url: string }> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${at.origin}/orders`, { method: 'POST', headers, body: JSON.stringify({ amount }) })
  const { id } = (await answer.json()) as { id: string }
  return { id, url: outside.callbacks.get(id) ?? '' }
}

async function stateOf(at: Program, id: string): Promise<string> {
  const answer = await fetch(`${at.origin}/orders/${id}`)
  return ((await answer.json()) as { state: string }).state
}

function succeeded(reference: string, amount = 4990): string {
  return JSON.stringify({ type: 'payment.succeeded', data: { reference, amount } })
}

interface Sending {
  /** The name of the delivery; a new one unless told. */
  readonly id?: string
  /** Who signs it; the service unless told. */
  readonly by?: Webhook
  /** What is sent instead of what is signed. */
  readonly sent?: string
}

async function post(url: string, signed: string, sending: Sending = {}): Promise<{ status: number; body: string }> {
  const { id = `evt_${randomUUID()}`, by = new Webhook(secret), sent = signed } = sending
  const now = new Date()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': by.sign(id, now, signed),
  }
  const answer = await fetch(url, { method: 'POST', headers, body: sent })
  return { status: answer.status, body: await answer.text() }
}

function countShipped(id: string): number {
  return outside.asked.filter((asked) => asked === id).length
}
