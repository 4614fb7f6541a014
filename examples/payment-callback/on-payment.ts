import type { ReceivedHook } from '@hookurl/verify'
import { Webhook } from 'standardwebhooks'
import type { commands } from './commands.ts'
import { findOrder, type Order, saveOrder } from './orders.ts'

type PaymentHook = ReceivedHook<typeof commands, '/onPayment'>

const warehouse = process.env.WAREHOUSE ?? 'http://localhost:8788/shipments'
const signatures = new Webhook(process.env.PAYMENT_SECRET ?? '')

/**
 * Runs once per order. An exception or a status of 400 or more releases the use, so that the service can retry.
 */
export async function onPayment(hook: PaymentHook): Promise<Response | undefined> {
  // Anyone with the URL can call it, but only the service can sign the body.
  if (!hasValidSignature(hook)) return new Response('invalid signature', { status: 401 })

  const { content, payload } = hook
  // The service signs the events of all orders, so check that this one belongs to the URL's order.
  if (payload.data.reference !== content.order) return new Response('event of another order', { status: 422 })

  // Already closed: the process died after the work and before the use was committed.
  const order = findOrder(content.order)
  if (order?.state !== 'waiting') return undefined

  if (payload.type === 'payment.failed') return close(order, 'failed')
  // `content` was signed when the order was placed; `payload` is what the service reports.
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
  // The idempotency key keeps a retry from shipping twice.
  const { ok, status } = await fetch(warehouse, { method: 'POST', headers: { 'idempotency-key': id } })
  if (!ok) throw new Error(`the warehouse responded with ${status}`)
}

async function close(order: Order, state: Order['state']): Promise<undefined> {
  await saveOrder({ ...order, state })
  console.log(`order ${order.id}: ${state}`)
}
