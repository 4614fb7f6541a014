import { randomUUID } from 'node:crypto'

const addresses = new Map<string, string>()

/** Adds an address; the id stands for it where it can be read by others. */
export function subscribe(address: string): string {
  const id = randomUUID()
  addresses.set(id, address)
  return id
}

/** Mail providers may say it twice, and the person once more: the second time there is nothing to do. */
export function unsubscribe(id = ''): void {
  if (addresses.delete(id)) console.log(`unsubscribed: ${id}`)
}

export function listSubscribers(): [id: string, address: string][] {
  return [...addresses]
}
