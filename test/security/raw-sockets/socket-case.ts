import { request } from './requests.ts'
import type { Step } from './run-steps.ts'

/** What is done on a socket, and what may come of it. */
export interface SocketCase {
  readonly what: string
  readonly steps: readonly Step[]
  /** Run: as `runs` says. Refused: nothing is run and no answer is 2xx. Either: one of the two, as the host reads it. */
  readonly outcome: 'run' | 'refused' | 'either'
  /** The payloads that are run, in their order; `hello` unless told. */
  readonly runs?: readonly unknown[]
}

export const helloChunks = '5\r\nhello\r\n0\r\n\r\n'
export const refused = 'refused' as const
export const either = 'either' as const
export const run = 'run' as const

export const withLines = (lines: readonly string[], body: string = 'hello'): Step[] => [request({ lines, body })]
