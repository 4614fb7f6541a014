// The receiver of a soak test, in a separate process. It counts the runs of each request and reports on request.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { memoryUseStore, type ReceivedHook } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'

/** A message to the process that started the receiver. */
export type ReceiverMessage =
  | { readonly about: 'port'; readonly port: number }
  | { readonly about: 'memory'; readonly rss: number; readonly heapUsed: number }
  | {
      readonly about: 'end'
      /** How often each request number was handled: one byte each, in base64. */
      readonly runs: string
      /** Runs whose content and payload have different request numbers. */
      readonly mixed: number
      readonly rejections: Readonly<Record<string, number>>
      readonly errors: number
      readonly warnings: readonly string[]
    }

const [size, keys = ''] = process.argv.slice(2)
const runs = new Uint8Array(Number(size))
const rejections: Record<string, number> = {}
const warnings: string[] = []
let mixed = 0
let errors = 0

function countRun({ content, payload, method }: ReceivedHook): void {
  const number = typeof payload === 'string' ? payload : Reflect.get(payload as object, 'n')
  const { n } = content as { n: number }
  if (Number(number) !== n || (method !== 'GET' && method !== 'POST')) mixed++
  runs[n] = Math.min((runs[n] ?? 0) + 1, 255)
}

// Added to the store's clock.
let aheadMs = 0
const uses = memoryUseStore({ now: () => Date.now() + aheadMs })
const receive = hookurl({
  keys,
  uses,
  maxBodySize: 65_536,
  handlers: {
    '*': countRun,
    '/fail': (hook) => {
      countRun(hook)
      throw new Error('this handler always fails')
    },
  },
  onResult: ({ error }) => {
    if (error !== undefined) rejections[error.code] = (rejections[error.code] ?? 0) + 1
  },
  onError: () => void errors++,
})
const server = createServer(receive)
// Connections must survive the pauses in which memory is measured.
server.keepAliveTimeout = 600_000
process.on('warning', ({ name, message }) => void warnings.push(`${name}: ${message}`))
process.on('message', async (about) => report(about === 'memory' ? await measureMemory() : summarizeRuns()))
process.once('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => report({ about: 'port', port: (server.address() as AddressInfo).port }))

function report(message: ReceiverMessage): void {
  process.send?.(message)
}

async function measureMemory(): Promise<ReceiverMessage> {
  await removeUses()
  // Memory freed by one collection may be returned only after the next.
  for (let time = 0; time < 5; time++) {
    globalThis.gc?.()
    await sleep(50)
  }
  const { rss, heapUsed } = process.memoryUsage()
  return { about: 'memory', rss, heapUsed }
}

// Records outlive their URLs by 75 minutes, so their number depends on the speed of the load. Removing them leaves the leaks.
async function removeUses(): Promise<void> {
  aheadMs = 2 * 3_600_000
  const request = { id: 'none', maxUses: 1, leaseMs: 0, expiresAt: new Date(0), deliveryId: undefined, duplicateMs: 0 }
  // Each reservation checks a few records.
  for (let time = 0; time < 5000; time++) await uses.reserve({ ...request, owner: String(time) })
  aheadMs = 0
}

function summarizeRuns(): ReceiverMessage {
  return { about: 'end', runs: Buffer.from(runs).toString('base64'), mixed, rejections, errors, warnings }
}
