import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createClient } from './client.ts'
import { type RequestKind, requestKinds } from './request-kinds.ts'
import type { ReceiverMessage } from './receiver.ts'

/** How long and how hard a soak is. */
export interface SoakOptions {
  readonly requests: number
  /** Which kinds come in which order; the same again with the same seed. */
  readonly seed: number
  readonly connections?: number
  /** After so many requests the memory is measured, time and again; 100,000 unless told. */
  readonly step?: number
  onProgress?(requests: number): void
}

/** What one kind of requests came to. */
export interface KindResult {
  readonly kind: RequestKind
  sent: number
  readonly responses: Record<string, number>
  runs: number
  /** How many were run as often as they should. */
  exact: number
}

/** The memory of the receiver after a collection, in bytes. */
export interface Memory {
  readonly requests: number
  readonly rss: number
  readonly heapUsed: number
}

/** What a soak came to. */
export interface SoakResult {
  readonly requests: number
  readonly seconds: number
  readonly results: readonly KindResult[]
  /** After the first step, and so on to the end. */
  readonly memory: readonly [Memory, ...Memory[]]
  readonly refusals: Readonly<Record<string, number>>
  readonly errors: number
  readonly warnings: readonly string[]
  readonly mixed: number
}

interface Receiver {
  readonly port: number
  ask<About extends ReceiverMessage['about']>(about: About): Promise<Extract<ReceiverMessage, { about: About }>>
  stop(): void
}

const script = fileURLToPath(new URL('receiver.ts', import.meta.url))

/** Sends a mix of requests at a receiver in a process of its own, and counts on both sides. */
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
        const result = results[pick(random())] as KindResult
        const n = numbered.push(result) - 1
        count += result.kind.requests ?? 1
        tally(result, await result.kind.send(n, client))
      }
    }
    async function workAndMeasure(limit: number): Promise<Memory> {
      await Promise.all(Array.from({ length: connections }, () => work(limit)))
      const { rss, heapUsed } = await receiver.ask('memory')
      onProgress?.(count)
      return { requests: count, rss, heapUsed }
    }

    const begin = performance.now()
    const memory: [Memory, ...Memory[]] = [await workAndMeasure(Math.min(step, requests))]
    while (count < requests) memory.push(await workAndMeasure(Math.min(count + step, requests)))
    const { runs, ...rest } = await receiver.ask('end')
    countRuns(numbered, Buffer.from(runs, 'base64'))
    return { requests: count, seconds: (performance.now() - begin) / 1000, results, memory, ...rest }
  } finally {
    client.close()
    receiver.stop()
  }
}

function tally(result: KindResult, answer: string): void {
  result.sent++
  result.responses[answer] = (result.responses[answer] ?? 0) + 1
}

function countRuns(numbered: readonly KindResult[], runs: Uint8Array): void {
  for (const [n, result] of numbered.entries()) {
    const times = runs[n] ?? 0
    result.runs += times
    if (times === result.kind.runs) result.exact++
  }
}

// As the receiver is published: built, not from its sources.
async function startReceiver(size: number): Promise<Receiver> {
  const child = fork(script, [String(size)], { execArgv: ['--expose-gc', '--import', 'tsx'] })
  const { port } = await receive(child, 'port')
  return {
    port,
    ask: (about) => {
      child.send(about)
      return receive(child, about)
    },
    stop: () => void child.kill(),
  }
}

/** Waits for a message; a receiver that ends before it says anything has crashed. */
async function receive<About extends ReceiverMessage['about']>(
  child: ChildProcess,
  about: About,
): Promise<Extract<ReceiverMessage, { about: About }>> {
  const crash = new AbortController()
  const crashed = once(child, 'exit', { signal: crash.signal }).then(([code]) => {
    throw new Error(`the receiver crashed, exit code ${code}`)
  })
  const [told] = await Promise.race([once(child, 'message'), crashed]).finally(() => {
    crash.abort()
    crashed.catch(() => {})
  })
  if (told.about !== about) throw new Error(`the receiver told of ${told.about}, not of ${about}`)
  return told
}

const shares = requestKinds.flatMap(({ weight }, index) => Array<number>(weight).fill(index))

function pick(random: number): number {
  return shares[Math.floor(random * shares.length)] as number
}

// mulberry32: small, seeded, good enough to mix.
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
