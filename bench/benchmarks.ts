import type { Row } from './row.ts'

/** One benchmark file. */
export interface Benchmark {
  run(): Promise<readonly Row[]>
}

/** All benchmarks, in the order in which they run and are shown. */
export const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  mint: () => import('./mint.ts'),
  verify: () => import('./verify.ts'),
  reject: () => import('./reject.ts'),
  rotate: () => import('./rotate.ts'),
  encrypt: () => import('./encrypt.ts'),
  batch: () => import('./batch.ts'),
  receive: () => import('./receive.ts'),
  uses: () => import('./uses.ts'),
  waiting: () => import('./waiting.ts'),
  waits: () => import('./waits.ts'),
  chunks: () => import('./chunks.ts'),
  memory: () => import('./memory.ts'),
  'start-up': () => import('./start-up.ts'),
  size: () => import('./size.ts'),
  length: () => import('./length.ts'),
  scaling: () => import('./scaling.ts'),
}
