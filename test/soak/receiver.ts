// The receiver of a soak, in a process of its own: it notes how often each number was run, and tells when it is asked.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { memoryUseStore, type ReceivedHook } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import { key } from '../../packages/verify/test/support/fixtures.ts'

/** What a receiver says of itself. */
export type ReceiverMessage =
  | { readonly about: 'port'; readonly port: number }
  | { readonly about: 'memory'; readonly rss: number; readonly heapUsed: number }
  | {
      readonly about: 'end'
      /** How often each number was run: one byte each, in base64. */
      readonly runs: string
      /** Runs whose content and payload did not belong together. */
      readonly mixed: number
      readonly refusals: Readonly<Record<string, number>>
      readonly errors: number
      readonly warnings: readonly string[]
    }

const runs = new Uint8Array(Number(process.argv[2]))
const refusals: Record<string, number> = {}
const warnings: string[] = []
let mixed = 0
let errors = 0

function note({ content, payload, method }: ReceivedHook): void {
  const given = typeof payload === 'string' ? payload : Reflect.get(payload as object, 'n')
  const { n } = content as { n: number }
  if (Number(given) !== n || (method !== 'GET' && method !== 'POST')) mixed++
  runs[n] = Math.min((runs[n] ?? 0) + 1, 255)
}

// The clock of the store can be put ahead.
let aheadMs = 0
const uses = memoryUseStore({ now: () => Date.now() + aheadMs })
const receive = hookurl({
  keys: key,
  uses,
  maxBodySize: 65_536,
  handlers: {
    '*': note,
    '/fail': (hook) => {
      note(hook)
      throw new Error('this handler is meant to fail')
    },
  },
  onRefusal: ({ code }) => {
    refusals[code] = (refusals[code] ?? 0) + 1
  },
  onError: () => void errors++,
})
const server = createServer(receive)
// The load pauses to measure; its connections are to survive that.
server.keepAliveTimeout = 600_000
process.on('warning', ({ name, message }) => void warnings.push(`${name}: ${message}`))
process.on('message', async (asked) => tell(asked === 'memory' ? await measure() : end()))
process.once('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => tell({ about: 'port', port: (server.address() as AddressInfo).port }))

function tell(told: ReceiverMessage): void {
  process.send?.(told)
}

async function measure(): Promise<ReceiverMessage> {
  await forgetUses()
  // What is freed in one collection may be let go of only after the next.
  for (let time = 0; time < 5; time++) {
    globalThis.gc?.()
    await sleep(50)
  }
  const { rss, heapUsed } = process.memoryUsage()
  return { about: 'memory', rss, heapUsed }
}

// Records of uses live as long as their URLs: how many there are says how fast the load is, not what leaks.
async function forgetUses(): Promise<void> {
  aheadMs = 3_600_000
  const none = { key: 'none', maxUses: 1, leaseMs: 0, expiresAt: new Date(0), delivery: undefined }
  // Each claim looks at a few records.
  for (let time = 0; time < 5000; time++) await uses.reserve({ ...none, owner: String(time) })
  aheadMs = 0
}

function end(): ReceiverMessage {
  return { about: 'end', runs: Buffer.from(runs).toString('base64'), mixed, refusals, errors, warnings }
}
