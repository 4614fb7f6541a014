import { randomUUID } from 'node:crypto'

const addresses = new Map<string, string>()

/** Adds an address. Its id replaces it wherever others can read it. */
export function subscribe(address: string): string {
  const id = randomUUID()
  addresses.set(id, address)
  return id
}

/** Removes a subscriber. Mail providers and users may call this more than once. */
export function unsubscribe(id = ''): void {
  if (addresses.delete(id)) console.log(`unsubscribed: ${id}`)
}

export function listSubscribers(): [id: string, address: string][] {
  return [...addresses]
}
