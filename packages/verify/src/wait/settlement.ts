import { type DerivedKeyring, decryptWaitValue, encryptWaitValue, type MaybePromise } from '@hookurl/core/internal'
import { parseValue, serializeValue } from './json-value.ts'
import type { ReceivedCallback } from './waiter.ts'

/** How a wait ended: its URL was called, its waiter gave up, or it expired. */
export type Settlement = Delivery | { readonly kind: 'aborted' | 'expired'; readonly at: number }

/** The call that a wait received. */
export interface Delivery {
  readonly kind: 'delivered'
  /** Epoch milliseconds. */
  readonly at: number
  /** Identifies the delivery and its retries. */
  readonly deliveryId: string | undefined
  readonly received: ReceivedCallback
}

/** Converts settlements to the encrypted values that stores keep, and back. */
export interface SettlementCodec {
  /** @throws {TypeError} if the payload cannot be stored */
  encode(waitId: string, settlement: Settlement): Promise<string>
  /** Resolves to `undefined` if no key of the keyring opens the value for this wait. */
  decode(waitId: string, value: string): Promise<Settlement | undefined>
}

export function createSettlementCodec(loadKeyring: () => MaybePromise<DerivedKeyring>): SettlementCodec {
  return {
    encode: async (waitId, settlement) => {
      const text = await serializeValue(toPlain(settlement))
      return encryptWaitValue(await loadKeyring(), waitId, text)
    },
    decode: async (waitId, value) => {
      const text = await decryptWaitValue(await loadKeyring(), waitId, value)
      return text === undefined ? undefined : fromPlain(parseValue(text))
    },
  }
}

// Everything but the headers is plain data.
function toPlain(settlement: Settlement): unknown {
  if (settlement.kind !== 'delivered') return settlement
  const { received, ...rest } = settlement
  return { ...rest, received: { ...received, headers: [...received.headers] } }
}

function fromPlain(plain: unknown): Settlement {
  const settlement = plain as Settlement
  if (settlement.kind !== 'delivered') return settlement
  const { received } = settlement
  const headers = new Headers(received.headers as unknown as [string, string][])
  return { ...settlement, received: { ...received, headers } }
}
