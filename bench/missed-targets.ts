import type { Row } from './row.ts'

interface Reason {
  readonly tasks: readonly string[]
  readonly text: string
}

/** What profiles show about figures that miss, or have missed, their target. */
const reasons: readonly Reason[] = [
  {
    tasks: ['verify a valid token'],
    text: 'In addition to the HMAC, every verifier decodes the claims (0.14 baselines) and parses their JSON (0.25). The rest goes into the strict format check, the constant-time comparison, the validation of every claim and the hook object.',
  },
  {
    tasks: ['reject a forged encrypted token'],
    text: '`node:crypto` has no one-shot decryption: creating the decipher takes as long as an HMAC, decrypting nearly as long, and for an invalid tag it throws, which takes as long again. No stack trace is recorded, which halves the cost.',
  },
  {
    tasks: ['mint --from, 1,000,000 rows of CSV'],
    text: 'Half of the time is minting. A third of the rest writes CSV (papaparse); reading and writing the files and collecting garbage take what remains.',
  },
  {
    tasks: ['receive on node:http', 'receive on Fastify'],
    text: "Measured alone, the receiver takes 6.5 µs per request, nearly twice the competitor's time: 3.5 to find and strictly verify the token, 1.3 to decode and validate the payload, the rest for the client kind, handshakes, previews, the handler's hook and its promises. It varies from run to run, from 0.67 to 0.89 on `node:http`.",
  },
  {
    tasks: ['hookurl mint, the complete process'],
    text: "Loading `node:crypto` takes a seventh of the start time of Node, commander with its eight commands about as much, and hookurl's own few files, which Node compiles on every start, the rest. An ES module instead of the CommonJS bundle would take a tenth more.",
  },
  {
    tasks: ['all of @hookurl/core', 'verify with the fetch adapter'],
    text: 'More than half of it is text: the message and the fix of every error. Without them core would compress to 6 kB, but errors would no longer say what to do. The adapter includes everything a receiver has: multipart bodies, handshakes, pages and uses.',
  },
]

/** Why a row misses its target, where that is known. */
export function explainMissedTarget({ task }: Row): string | undefined {
  return reasons.find(({ tasks }) => tasks.includes(task))?.text
}
