import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'
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
  for (const workFolder of workFolders) rmSync(workFolder, { recursive: true })
  recordCheck('payment-callback', 'retries, duplicates, a restart: shipped once; unsigned events are rejected')
})

test('an order whose first delivery fails and whose second is duplicated is shipped once', async () => {
  const services = await start('services.ts', makeWorkFolder(), { PORT: String(await findFreePort()), RETRY_MS: '20' })
  const { origin } = services
  const to = { PAYMENTS: `${origin}/payments`, WAREHOUSE: `${origin}/shipments`, PORT: String(await findFreePort()) }
  const otherShop = await start('shop.ts', makeWorkFolder(), to)

  const { id } = await placeOrder(otherShop)
  await expect.poll(() => services.output(), { timeout: 10_000 }).toContain(`${id}: duplicate`)
  expect(services.output().split('\n').slice(1, -1)).toEqual([
    `${id}: try 1 → 500`,
    `${id}: shipped`,
    `${id}: try 2 → 200`,
    `${id}: duplicate, as if the response was lost → 200`,
  ])
  expect(await fetchOrderState(otherShop, id)).toBe('paid')
  expect(otherShop.output().split(`order ${id}: paid`)).toHaveLength(2)
})

test('concurrent deliveries of one event ship the order once', async () => {
  const { id, url } = await placeOrder(shop)
  const event = paymentSucceeded(id)
  const deliveryId = `evt_${randomUUID()}`
  const responses = await Promise.all(Array.from({ length: 8 }, () => sendEvent(url, event, { id: deliveryId })))
  expect(responses.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([])
  expect(await sendEvent(url, event, { id: deliveryId })).toEqual({ status: 200, body: '{"ok":true,"duplicate":true}' })
  expect(countShipments(id)).toBe(1)
})

test('a failed delivery can be retried with the same id', async () => {
  const { id, url } = await placeOrder(shop)
  external.nextStatuses.push(503)
  const deliveryId = `evt_${randomUUID()}`
  expect(await sendEvent(url, paymentSucceeded(id), { id: deliveryId })).toMatchObject({ status: 500 })
  expect(await fetchOrderState(shop, id)).toBe('waiting')
  expect(await sendEvent(url, paymentSucceeded(id), { id: deliveryId })).toEqual({ status: 200, body: '{"ok":true}' })
  expect(await fetchOrderState(shop, id)).toBe('paid')
})

test('after a restart of the shop, a duplicate is recognized and a second payment rejected', async () => {
  const { id, url } = await placeOrder(shop)
  const deliveryId = `evt_${randomUUID()}`
  expect(await sendEvent(url, paymentSucceeded(id), { id: deliveryId })).toMatchObject({ status: 200 })
  await shop.stop()
  await expect(sendEvent(url, paymentSucceeded(id), { id: deliveryId })).rejects.toThrow()
  shop = await restart()
  expect(await sendEvent(url, paymentSucceeded(id), { id: deliveryId })).toEqual({
    status: 200,
    body: '{"ok":true,"duplicate":true}',
  })
  expect(await sendEvent(url, paymentSucceeded(id))).toMatchObject({ status: 410 })
  expect(countShipments(id)).toBe(1)
})

test('an unsigned event is rejected with 401', async () => {
  const { id, url } = await placeOrder(shop)
  const headers = { 'content-type': 'application/json' }
  const { status } = await fetch(url, { method: 'POST', headers, body: paymentSucceeded(id) })
  expect(status).toBe(401)
  expect(await fetchOrderState(shop, id)).toBe('waiting')
})

test('an event with a forged signature is rejected with 401', async () => {
  const { id, url } = await placeOrder(shop)
  const signer = new Webhook(randomBytes(32).toString('base64'))
  expect(await sendEvent(url, paymentSucceeded(id), { signer })).toMatchObject({ status: 401 })
  expect(await fetchOrderState(shop, id)).toBe('waiting')
})

test('an event that was changed after signing is rejected with 401', async () => {
  const { id, url } = await placeOrder(shop)
  const event = paymentSucceeded(id)
  expect(await sendEvent(url, event, { body: event.replace('4990', '1') })).toMatchObject({ status: 401 })
  expect(await fetchOrderState(shop, id)).toBe('waiting')
})

test('a rejected event does not consume the use', async () => {
  const { id, url } = await placeOrder(shop)
  const signer = new Webhook(randomBytes(32).toString('base64'))
  await sendEvent(url, paymentSucceeded(id), { signer })
  expect(await sendEvent(url, paymentSucceeded(id))).toEqual({ status: 200, body: '{"ok":true}' })
})

test('a signed event of another order is rejected with 422', async () => {
  const [cheap, expensive] = [await placeOrder(shop, 1), await placeOrder(shop)]
  expect(await sendEvent(expensive.url, paymentSucceeded(cheap.id))).toMatchObject({ status: 422 })
  expect(await fetchOrderState(shop, expensive.id)).toBe('waiting')
})

test('a payment of less than the signed amount ships nothing', async () => {
  const { id, url } = await placeOrder(shop)
  expect(await sendEvent(url, paymentSucceeded(id, 4989))).toMatchObject({ status: 200 })
  expect(await fetchOrderState(shop, id)).toBe('wrong amount')
  expect(countShipments(id)).toBe(0)
})

test('a failed payment closes the order and ships nothing', async () => {
  const { id, url } = await placeOrder(shop)
  const event = JSON.stringify({ type: 'payment.failed', data: { reference: id, reason: 'declined' } })
  expect(await sendEvent(url, event)).toMatchObject({ status: 200 })
  expect(await fetchOrderState(shop, id)).toBe('failed')
  expect(countShipments(id)).toBe(0)
})

test('a signed event of an unknown type is rejected with 422', async () => {
  const { id, url } = await placeOrder(shop)
  const event = JSON.stringify({ type: 'payment.refunded', data: { reference: id, amount: 4990 } })
  const { status, body } = await sendEvent(url, event)
  expect([status, JSON.parse(body).code]).toEqual([422, 'invalid_payload'])
})

test('no program prints a token', () => {
  const tokens = [...external.callbacks.values()].flatMap((url) => inspect(url).token ?? [])
  const printed = programs.map(({ output }) => output()).join('')
  expect(tokens.length).toBeGreaterThan(5)
  expect(tokens.filter((token) => printed.includes(token))).toEqual([])
})

function makeWorkFolder(): string {
  const workFolder = mkdtempSync(join(tmpdir(), 'hookurl-shop-'))
  workFolders.push(workFolder)
  return workFolder
}

async function start(file: string, cwd: string, env: Record<string, string>): Promise<Program> {
  const command: [string, ...string[]] = [process.execPath, '--import', import.meta.resolve('tsx'), join(folder, file)]
  const program = await startProgram(command, { cwd, env: { HOOKURL_KEYS: testKey, PAYMENT_SECRET: secret, ...env } })
  programs.push(program)
  return program
}

async function placeOrder(at: Program, amount = 4990): Promise<{ id: string; url: string }> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${at.origin}/orders`, { method: 'POST', headers, body: JSON.stringify({ amount }) })
  const { id } = (await response.json()) as { id: string }
  return { id, url: external.callbacks.get(id) ?? '' }
}

async function fetchOrderState(at: Program, id: string): Promise<string> {
  const response = await fetch(`${at.origin}/orders/${id}`)
  return ((await response.json()) as { state: string }).state
}

function paymentSucceeded(reference: string, amount = 4990): string {
  return JSON.stringify({ type: 'payment.succeeded', data: { reference, amount } })
}

interface SendOptions {
  /** The id of the delivery; a new one by default. */
  readonly id?: string
  /** The signer; the payment service by default. */
  readonly signer?: Webhook
  /** The body to send instead of the signed one. */
  readonly body?: string
}

async function sendEvent(
  url: string,
  event: string,
  options: SendOptions = {},
): Promise<{ status: number; body: string }> {
  const { id = `evt_${randomUUID()}`, signer = new Webhook(secret), body = event } = options
  const now = new Date()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signer.sign(id, now, event),
  }
  const response = await fetch(url, { method: 'POST', headers, body })
  return { status: response.status, body: await response.text() }
}

function countShipments(id: string): number {
  return external.shippedOrders.filter((order) => order === id).length
}
