import { randomUUID } from 'node:crypto'
import { createMinter } from '@hookurl/core'
import { commands, lifetime } from '../commands.ts'

export type Kind = 'one use' | 'one use, sent twice' | 'one use, two callers' | 'several uses, sent twice' | 'forged'

/** One hook to call. Each has its own account, whose entries show what was done. */
export interface PlannedHook {
  readonly kind: Kind
  readonly userId: string
  readonly points: number
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The orders to send, all at the same time. */
  readonly orders: readonly string[]
}

export interface PlanOptions {
  readonly keys: string
  /** The origin of nginx. */
  readonly origin: string
  /** The uses of a URL that may be used several times; without it, there is no limit. */
  readonly severalUses?: number | undefined
  /** From 0 to below 1. */
  random(): number
}

/** Generates hooks without end. Of twenty, ten are called once, three of each of the other kinds twice, one is forged. */
export function* planHooks({ keys, origin, severalUses, random }: PlanOptions): Generator<PlannedHook> {
  const { mintSync } = createMinter({ keys, commands, baseUrl: `${origin}/hooks`, expiresIn: lifetime })
  const run = randomUUID().slice(0, 8)
  for (let index = 0; ; index++) {
    const userId = `${run}-${index}`
    const points = 1 + Math.floor(random() * 9)
    const mint = (maxUses?: number): string => mintSync({ command: '/credit', userId, content: { points }, maxUses })
    const headers = { 'content-type': 'application/json' }
    const order = `order-${index}`
    const base = { userId, points, headers, orders: [order] }
    const slot = (index * 7) % 20
    if (slot < 10) yield { ...base, kind: 'one use', url: mint(1) }
    else if (slot < 13) yield { ...base, kind: 'one use, sent twice', url: mint(1), orders: [order, order] }
    else if (slot < 16) yield { ...base, kind: 'one use, two callers', url: mint(1), orders: [order, `${order}-too`] }
    else if (slot < 19) {
      const named = { ...headers, 'webhook-id': `msg_${index}` }
      yield {
        ...base,
        kind: 'several uses, sent twice',
        url: mint(severalUses),
        headers: named,
        orders: [order, order],
      }
    } else yield { ...base, kind: 'forged', url: forge(mint(1)) }
  }
}

/** Returns a URL with more points than were signed. */
function forge(url: string): string {
  const [header, payload = '', signature] = url.slice(url.lastIndexOf('/') + 1).split('.')
  const claims = Buffer.from(payload, 'base64url').toString().replace(/:\d}/, ':99}')
  const forged = [header, Buffer.from(claims).toString('base64url'), signature].join('.')
  return url.slice(0, url.lastIndexOf('/') + 1) + forged
}
