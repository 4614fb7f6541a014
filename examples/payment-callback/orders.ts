import { open } from 'lmdb'

export interface Order {
  id: string
  amount: number
  state: 'waiting' | 'paid' | 'failed' | 'wrong amount'
}

const orders = open<Order, string>({ path: 'data/orders' })

export function findOrder(id: string): Order | undefined {
  return orders.get(id)
}

/** Saves an order; resolves once it is flushed to the disk. */
export async function saveOrder(order: Order): Promise<void> {
  await orders.put(order.id, order)
  await orders.flushed
}
