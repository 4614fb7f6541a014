import type { Row } from './row.ts'

interface Reason {
  readonly works: readonly string[]
  /** Part of what it is measured against; left out: anything. */
  readonly against?: string
  readonly why: string
}

/** What profiles say about figures that are, or have been, short of their target. */
const reasons: readonly Reason[] = [
  {
    works: ['verify a good token'],
    against: 'the floor',
    why: 'Beyond the HMAC, any verifier decodes the claims (0.14 floors) and parses their JSON (0.25). What is left goes into the strict shape, the compare in constant time, the check of every claim and the hook itself.',
  },
  {
    works: ['mint a sealed token', 'open a sealed token'],
    against: 'iron',
    why: 'Sealing goes through jose and Web Crypto, the same on every runtime: each call hops to a thread and back, and that is most of it. iron calls `node:crypto` at once, on Node only.',
  },
]

/** Why a row is short of its target, where that is known. */
export function whyShort({ work, against }: Row): string | undefined {
  return reasons.find((reason) => reason.works.includes(work) && against.includes(reason.against ?? ''))?.why
}
