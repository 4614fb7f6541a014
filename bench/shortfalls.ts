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
    why: 'Beyond the HMAC, any verifier decodes the claims (0.14 floors) and parses their JSON (0.25). What is left goes into the strict shape, the compare in constant time, the check of every claim and the hook itself.',
  },
  {
    works: ['mint a sealed token', 'open a sealed token'],
    why: 'Sealing goes through jose and Web Crypto, the same on every runtime: each call hops to a thread and back, and that is most of it. The others compute at once: iron through `node:crypto`, on Node only, paseto-ts in JavaScript.',
  },
  {
    works: ['mint --from, 1,000,000 rows of CSV'],
    why: 'Half of the time is minting. Of the rest, a third writes CSV again (papaparse); reading and writing the files, and collecting garbage, take what is left.',
  },
  {
    works: ['receive on node:http', 'receive on Fastify'],
    why: "Measured alone, the receiver's own way takes 6.5 µs, nearly twice the peer's: 3.5 to find and verify the token strictly, 1.3 to decode and check the payload, the rest for who asks, handshakes, previews, the handler's hook and its promises. It varies from run to run, from 0.67 to 0.89 on `node:http`.",
  },
  {
    works: ['hookurl mint, the whole process'],
    why: 'Loading `node:crypto` takes a seventh of a start of Node, commander with its eight commands about as much, and our own few files, which Node compiles anew each time, the rest. An ES module instead of what is required now would take a tenth more.',
  },
  {
    works: ['all of @hookurl/core', 'verify with the fetch adapter'],
    why: 'More than half of it are words: the message and the fix of every error. Without them core would compress to 6 kB, and nobody would know what to do. The adapter brings all that a receiver has, multipart bodies, handshakes, pages and uses.',
  },
]

/** Why a row is short of its target, where that is known. */
export function whyShort({ work, against }: Row): string | undefined {
  return reasons.find((reason) => reason.works.includes(work) && against.includes(reason.against ?? ''))?.why
}
