import type { ReceivedHook } from '@hookurl/verify'
import { Webhook } from 'standardwebhooks'
import type { commands } from './commands.ts'
import { findOrder, type Order, saveOrder } from './orders.ts'

type PaymentHook = ReceivedHook<typeof commands, '/onPayment'>

const warehouse = process.env.WAREHOUSE ?? 'http://localhost:8788/shipments'
const signatures = new Webhook(process.env.PAYMENT_SECRET ?? '')

/**
 * Runs once for each order. What it throws, and a status of 400 or more, gives the use back: the service tries again.
 */
export async function onPayment(hook: PaymentHook): Promise<Response | undefined> {
  // Whoever holds the URL can call it, but only the service can sign what it sends.
  if (!hasValidSignature(hook)) return new Response('the signature does not hold', { status: 401 })

  const { content, payload } = hook
  // The service signs the events of all orders: this one must not be another's.
  if (payload.data.reference !== content.order) return new Response('this is about another order', { status: 422 })

  // Closed already: the process died after the work, and before the use was counted.
  const order = findOrder(content.order)
  if (order?.state !== 'waiting') return undefined

  if (payload.type === 'payment.failed') return close(order, 'failed')
  // `content` was signed when the order was made; `payload` is only what was paid.
  if (payload.data.amount !== content.amount) return close(order, 'wrong amount')
  await ship(order)
  return close(order, 'paid')
}

function hasValidSignature(hook: PaymentHook): boolean {
  try {
    signatures.verify(Buffer.from(hook.rawBody()), Object.fromEntries(hook.headers))
    return true
  } catch {
    return false
  }
}

async function ship({ id }: Order): Promise<void> {
  // With a key of its own, so that a second try does not ship twice.
  const { ok, status } = await fetch(warehouse, { method: 'POST', headers: { 'idempotency-key': id } })
  if (!ok) throw new Error(`the warehouse answered ${status}`)
}

async function close(order: Order, state: Order['state']): Promise<undefined> {
  await saveOrder({ ...order, state })
  console.log(`order ${order.id}: ${state}`)
}
