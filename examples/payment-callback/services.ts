// Emulates the shop's two external services: payments and the warehouse.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import { Webhook } from 'standardwebhooks'

interface Payment {
  reference: string
  amount: number
  callbackUrl: string
}

const { PORT = '8788', RETRY_MS = '1000' } = process.env
const MAX_ATTEMPTS = 8
const signatures = new Webhook(process.env.PAYMENT_SECRET ?? '')
const shipments = new Map<string, 'failed' | 'shipped'>()
const app = express()

// Payments: each is paid immediately and reported to its callback URL.
app.post('/payments', express.json(), (req, res) => {
  res.status(201).json({})
  void reportPayment(req.body)
})

async function reportPayment({ reference, amount, callbackUrl }: Payment): Promise<void> {
  const id = `evt_${randomUUID()}`
  const body = JSON.stringify({ type: 'payment.succeeded', data: { reference, amount } })
  for (let tries = 1; tries <= MAX_ATTEMPTS; tries++) {
    const status = await deliver(callbackUrl, { id, body })
    console.log(`${reference}: try ${tries} → ${status}`)
    // 410 means that a retry is pointless.
    if (status === 410) return
    if (status.toString().startsWith('2')) {
      console.log(`${reference}: duplicate, as if the response was lost → ${await deliver(callbackUrl, { id, body })}`)
      return
    }
    await sleep(Number(RETRY_MS) * tries)
  }
}

/** Returns the status of the response; 0 without one. */
async function deliver(url: string, { id, body }: { id: string; body: string }): Promise<number> {
  const now = new Date()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signatures.sign(id, now, body),
  }
  const signal = AbortSignal.timeout(15_000)
  const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal }).catch(
    () => undefined,
  )
  return response?.status ?? 0
}

// The warehouse: the first request for an order fails, the second ships it.
app.post('/shipments', (req, res) => {
  const order = req.header('idempotency-key') ?? ''
  const before = shipments.get(order)
  if (before !== 'shipped') shipments.set(order, before === undefined ? 'failed' : 'shipped')
  if (before === 'failed') console.log(`${order}: shipped`)
  res.sendStatus(before === undefined ? 503 : 201)
})

app.listen(Number(PORT), (error) => {
  if (error !== undefined) throw error
  console.log(`services on http://localhost:${PORT}`)
})
