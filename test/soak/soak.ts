import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { key } from '../../packages/verify/test/support/fixtures.ts'
import { createClient } from './client.ts'
import type { ReceiverMessage } from './receiver.ts'
import { type RequestKind, requestKinds } from './request-kinds.ts'

export interface SoakOptions {
  readonly requests: number
  /** Determines the order of the request kinds. */
  readonly seed: number
  readonly connections?: number
  /** Memory is measured after every `step` requests; 100,000 by default. */
  readonly step?: number
  onProgress?(requests: number): void
}

/** The result of one kind of request. */
export interface KindResult {
  readonly kind: RequestKind
  sent: number
  readonly responses: Record<string, number>
  runs: number
  /** How many requests were handled as often as expected. */
  exact: number
}

/** The memory of the receiver after a garbage collection, in bytes. */
export interface Memory {
  readonly requests: number
  readonly rss: number
  readonly heapUsed: number
}

export interface SoakResult {
  readonly requests: number
  readonly seconds: number
  readonly results: readonly KindResult[]
  /** One measurement per step. */
  readonly memory: readonly [Memory, ...Memory[]]
  readonly rejections: Readonly<Record<string, number>>
  readonly errors: number
  readonly warnings: readonly string[]
  readonly mixed: number
}

interface Receiver {
  readonly port: number
  request<About extends ReceiverMessage['about']>(about: About): Promise<Extract<ReceiverMessage, { about: About }>>
  stop(): void
}

const script = fileURLToPath(new URL('receiver.ts', import.meta.url))

/** Sends a mix of requests to a receiver in a separate process, and counts on both sides. */
export async function soak({
  requests,
  seed,
  connections = 64,
  step = 100_000,
  onProgress,
}: SoakOptions): Promise<SoakResult> {
  const receiver = await startReceiver(requests)
  const client = createClient(receiver.port, connections)
  try {
    const results = requestKinds.map((kind): KindResult => ({ kind, sent: 0, responses: {}, runs: 0, exact: 0 }))
    const numbered: KindResult[] = []
    const random = createRandom(seed)
    let count = 0

    async function work(limit: number): Promise<void> {
      while (count < limit) {
        const result = results[pickKind(random())] as KindResult
        const n = numbered.push(result) - 1
        count += result.kind.requests ?? 1
        countResponse(result, await result.kind.send(n, client))
      }
    }
    async function workAndMeasure(limit: number): Promise<Memory> {
      await Promise.all(Array.from({ length: connections }, () => work(limit)))
      const { rss, heapUsed } = await receiver.request('memory')
      onProgress?.(count)
      return { requests: count, rss, heapUsed }
    }

    const begin = performance.now()
    const memory: [Memory, ...Memory[]] = [await workAndMeasure(Math.min(step, requests))]
    while (count < requests) memory.push(await workAndMeasure(Math.min(count + step, requests)))
    const { runs, ...rest } = await receiver.request('end')
    countRuns(numbered, Buffer.from(runs, 'base64'))
    return { requests: count, seconds: (performance.now() - begin) / 1000, results, memory, ...rest }
  } finally {
    client.close()
    receiver.stop()
  }
}

function countResponse(result: KindResult, response: string): void {
  result.sent++
  result.responses[response] = (result.responses[response] ?? 0) + 1
}

function countRuns(numbered: readonly KindResult[], runs: Uint8Array): void {
  for (const [n, result] of numbered.entries()) {
    const times = runs[n] ?? 0
    result.runs += times
    if (times === result.kind.runs) result.exact++
  }
}

// The receiver runs the built packages.
async function startReceiver(size: number): Promise<Receiver> {
  const child = fork(script, [String(size), key], { execArgv: ['--expose-gc', '--import', 'tsx'] })
  const { port } = await receive(child, 'port')
  return {
    port,
    request: (about) => {
      child.send(about)
      return receive(child, about)
    },
    stop: () => void child.kill(),
  }
}

/** Waits for a message. Throws if the receiver exits first. */
async function receive<About extends ReceiverMessage['about']>(
  child: ChildProcess,
  about: About,
): Promise<Extract<ReceiverMessage, { about: About }>> {
  const crash = new AbortController()
  const crashed = once(child, 'exit', { signal: crash.signal }).then(([code]) => {
    throw new Error(`the receiver crashed, exit code ${code}`)
  })
  const [message] = await Promise.race([once(child, 'message'), crashed]).finally(() => {
    crash.abort()
    crashed.catch(() => {})
  })
  if (message.about !== about) throw new Error(`expected a message about ${about}, got one about ${message.about}`)
  return message
}

const kindIndexes = requestKinds.flatMap(({ weight }, index) => Array<number>(weight).fill(index))

function pickKind(random: number): number {
  return kindIndexes[Math.floor(random * kindIndexes.length)] as number
}

// mulberry32, a small seeded generator.
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
