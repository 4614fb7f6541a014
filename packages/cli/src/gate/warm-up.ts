import { randomBytes, randomUUID } from 'node:crypto'
import { createMinter } from '@hookurl/core'
import type { UseStore } from '@hookurl/verify'
import type { IncomingRequest } from '@hookurl/verify/internal'
import type { Guards, GuardsOptions } from './guards.ts'

const ROUNDS = 20
const LEASE_MS = 1000

/**
 * Runs the code of a gate before its first request, which would otherwise take several times as long as it may. Leaves
 * nothing in the use store.
 *
 * @throws what the use store throws
 */
export async function warmUp({ keys, purpose, commands, store }: GuardsOptions, guards: Guards): Promise<void> {
  const [command = ''] = commands
  const maxUses = store === undefined ? undefined : 1
  const minter = createMinter({ keys, purpose, baseUrl: 'http://localhost/hooks', expiresIn: '1m' })
  const url = await minter.mint({ command: command === '*' ? '/any' : command, maxUses })
  const { pathname: target } = new URL(url)
  for (let round = 0; round < ROUNDS; round++) {
    for (const method of ['GET', 'POST']) await guards.respond(createRequest(method, target), 'reserved').received
  }
  if (store !== undefined) await reserveAndRelease(store)
}

async function reserveAndRelease(store: UseStore): Promise<void> {
  const [id, owner] = [randomBytes(32).toString('hex'), randomUUID()]
  const expiresAt = new Date(Date.now() + LEASE_MS)
  await store.reserve({ id, owner, maxUses: 1, leaseMs: LEASE_MS, expiresAt, deliveryId: undefined, duplicateMs: 0 })
  await store.release(id, owner)
}

function createRequest(method: string, target: string): IncomingRequest {
  return {
    native: undefined,
    method,
    target,
    headers: new Headers(),
    header: () => undefined,
    readBody: () => ({ kind: 'none' }),
    request: () => new Request(`http://localhost${target}`),
  }
}
