import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { recordCheck } from '../../support/record-check.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { type ExternalServices, startExternalServices } from './external-services.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))
const secret = `whsec_${randomBytes(32).toString('base64')}`
const workFolders: string[] = []
const programs: Program[] = []
let external: ExternalServices
let shop: Program
let restart: () => Promise<Program>

beforeAll(async () => {
  external = await startExternalServices()
  const cwd = makeWorkFolder()
  const port = await findFreePort()
  const to = { PAYMENTS: `${external.origin}/payments`, WAREHOUSE: `${external.origin}/shipments`, PORT: String(port) }
  restart = () => start('shop.ts', cwd, to)
  shop = await restart()
}, 60_000)

afterAll(async () => {
  await Promise.all(programs.map(({ stop }) => stop()))
  external?.stop()
  for (const home of workFolders) rmSync(home, { recursive: true })
  recordCheck('payment-callback', 'retries, duplicates, a restart: shipped once; what is not signed is refused')
})

test('a payment service that tries again, and sends a duplicate, has an order shipped once', async () => {
  const services = await start('services.ts', makeWorkFolder(), { PORT: String(await findFreePort()), RETRY_MS: '20' })
  const { origin } = services
  const to = { PAYMENTS: `${origin}/payments`, WAREHOUSE: `${origin}/shipments`, PORT: String(await findFreePort()) }
  const own = await start('shop.ts', makeWorkFolder(), to)

  const { id } = await placeOrder(own)
  await expect.poll(() => services.output(), { timeout: 10_000 }).toContain(`${id}: once more`)
  expect(services.output().split('\n').slice(1, -1)).toEqual([
    `${id}: try 1 → 500`,
    `${id}: shipped`,
    `${id}: try 2 → 200`,
    `${id}: once more, as if the answer had been lost → 200`,
  ])
  expect(await fetchOrderState(own, id)).toBe('paid')
  expect(own.output().split(`order ${id}: paid`)).toHaveLength(2)
})

test('many deliveries of one event at once are shipped once', async () => {
  const { id, url } = await placeOrder(shop)
  const event = paymentSucceeded(id)
  const delivery = `evt_${randomUUID()}`
  const answers = await Promise.all(Array.from({ length: 8 }, () => sendEvent(url, event, { id: delivery })))
  expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([])
  expect(await sendEvent(url, event, { id: delivery })).toEqual({ status: 200, body: '{"ok":true,"duplicate":true}' })
  expect(countShipments(id)).toBe(1)
})

test('a delivery that failed may come again, also under the same name', async () => {
  const { id, url } = await placeOrder(shop)
  external.answers.push(503)
  const delivery = `evt_${randomUUID()}`
  expect(await sendEvent(url, paymentSucceeded(id), { id: delivery })).toMatchObject({ status: 500 })
  expect(await fetchOrderState(shop, id)).toBe('waiting')
  expect(await sendEvent(url, paymentSucceeded(id), { id: delivery })).toEqual({ status: 200, body: '{"ok":true}' })
  expect(await fetchOrderState(shop, id)).toBe('paid')
})

test('a duplicate is known after the shop was stopped and started again, and a second payment is refused', async () => {
  const { id, url } = await placeOrder(shop)
  const delivery = `evt_${randomUUID()}`
  expect(await sendEvent(url, paymentSucceeded(id), { id: delivery })).toMatchObject({ status: 200 })
  await shop.stop()
  await expect(sendEvent(url, paymentSucceeded(id), { id: delivery })).rejects.toThrow()
  shop = await restart()
  expect(await sendEvent(url, paymentSucceeded(id), { id: delivery })).toEqual({
    status: 200,
    body: '{"ok":true,"duplicate":true}',
  })
  expect(await sendEvent(url, paymentSucceeded(id))).toMatchObject({ status: 410 })
  expect(countShipments(id)).toBe(1)
})

test('what the service did not sign is refused, and spends nothing', async () => {
  const { id, url } = await placeOrder(shop)
  const unsigned = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: paymentSucceeded(id),
  })
  const forged = await sendEvent(url, paymentSucceeded(id), { by: new Webhook(randomBytes(32).toString('base64')) })
  const signed = paymentSucceeded(id)
  const changed = await sendEvent(url, signed, { sent: signed.replace('4990', '1') })
  expect([unsigned.status, forged.status, changed.status, await fetchOrderState(shop, id)]).toEqual([401, 401, 401, 'waiting'])
  expect(await sendEvent(url, paymentSucceeded(id))).toMatchObject({ status: 200 })
})

test('a signed event of another order does not pay for this one', async () => {
  const [cheap, dear] = [await placeOrder(shop, 1), await placeOrder(shop)]
  expect(await sendEvent(dear.url, paymentSucceeded(cheap.id))).toMatchObject({ status: 422 })
  expect(await fetchOrderState(shop, dear.id)).toBe('waiting')
})

test('too little is not enough, and a failed payment closes the order', async () => {
  const [less, failed] = [await placeOrder(shop), await placeOrder(shop)]
  const failure = JSON.stringify({ type: 'payment.failed', data: { reference: failed.id, reason: 'declined' } })
  expect(await sendEvent(less.url, paymentSucceeded(less.id, 4989))).toMatchObject({ status: 200 })
  expect(await sendEvent(failed.url, failure)).toMatchObject({ status: 200 })
  expect([await fetchOrderState(shop, less.id), await fetchOrderState(shop, failed.id)]).toEqual(['wrong amount', 'failed'])
  expect(countShipments(less.id) + countShipments(failed.id)).toBe(0)
})

test('an event of another kind is refused by its schema, whoever signed it', async () => {
  const { id, url } = await placeOrder(shop)
  const answer = await sendEvent(url, JSON.stringify({ type: 'payment.refunded', data: { reference: id, amount: 4990 } }))
  expect([answer.status, JSON.parse(answer.body).code]).toEqual([422, 'invalid_payload'])
})

test('no program prints a token', () => {
  const tokens = [...external.callbacks.values()].flatMap((url) => inspect(url).token ?? [])
  const printed = programs.map(({ output }) => output()).join('')
  expect(tokens.length).toBeGreaterThan(5)
  expect(tokens.filter((token) => printed.includes(token))).toEqual([])
})

function makeWorkFolder(): string {
  const home = mkdtempSync(join(tmpdir(), 'hookurl-shop-'))
  workFolders.push(home)
  return home
}

async function start(file: string, cwd: string, env: Record<string, string>): Promise<Program> {
  const words: [string, ...string[]] = [process.execPath, '--import', import.meta.resolve('tsx'), join(folder, file)]
  const program = await startProgram(words, { cwd, env: { HOOKURL_KEYS: testKey, PAYMENT_SECRET: secret, ...env } })
  programs.push(program)
  return program
}

async function placeOrder(at: Program, amount = 4990): Promise<{ id: string; url: string }> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${at.origin}/orders`, { method: 'POST', headers, body: JSON.stringify({ amount }) })
  const { id } = (await answer.json()) as { id: string }
  return { id, url: external.callbacks.get(id) ?? '' }
}

async function fetchOrderState(at: Program, id: string): Promise<string> {
  const answer = await fetch(`${at.origin}/orders/${id}`)
  return ((await answer.json()) as { state: string }).state
}

function paymentSucceeded(reference: string, amount = 4990): string {
  return JSON.stringify({ type: 'payment.succeeded', data: { reference, amount } })
}

interface SendOptions {
  /** The name of the delivery; a new one unless told. */
  readonly id?: string
  /** Who signs it; the service unless told. */
  readonly by?: Webhook
  /** What is sent instead of what is signed. */
  readonly sent?: string
}

async function sendEvent(url: string, signed: string, sending: SendOptions = {}): Promise<{ status: number; body: string }> {
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

function countShipments(id: string): number {
  return external.asked.filter((asked) => asked === id).length
}
