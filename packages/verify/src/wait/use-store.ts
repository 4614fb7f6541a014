import type { UseStore } from '../uses/store.ts'
import { storeError } from './call-store.ts'
import type { SettlementCodec } from './settlement.ts'
import type { WaitStore } from './store.ts'

/**
 * Adapts a wait store to a receiver, which reserves the use of a URL before its handler runs. Nothing is reserved: the
 * handler settles the wait, which only one call can do. A delivery that was stored before is a duplicate.
 */
export function createWaitUseStore(waits: WaitStore, codec: SettlementCodec, now: () => number): UseStore {
  async function read(id: string): ReturnType<WaitStore['read']> {
    try {
      return await waits.read([id])
    } catch (cause) {
      throw storeError(cause)
    }
  }

  return {
    reserve: async ({ id, deliveryId, duplicateMs }) => {
      const [record] = await read(id)
      if (record === undefined) return { result: 'already_used' }
      if (record.value === undefined) return { result: 'reserved' }
      const settlement = await codec.decode(id, record.value)
      if (settlement?.kind !== 'delivered') return { result: 'already_used' }
      const isSame = deliveryId !== undefined && settlement.deliveryId === deliveryId
      if (isSame && Math.abs(now() - settlement.at) <= duplicateMs) return { result: 'duplicate' }
      return { result: 'already_used', at: settlement.at }
    },
    renew: async () => true,
    commit: async () => true,
    release: async () => {},
  }
}
