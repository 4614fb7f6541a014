import { sha256Hex } from '@hookurl/core/internal'

/** Identifies a hook in stores: the SHA-256, in hex, of its purpose and its ID. */
export function getUseId(purpose: string, id: string): string {
  return sha256Hex(JSON.stringify([purpose, id]))
}
