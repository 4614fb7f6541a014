import { request } from './requests.ts'
import type { Step } from './run-steps.ts'

/** The steps of one client on a raw socket, and how a receiver must handle them. */
export interface SocketCase {
  readonly what: string
  readonly steps: readonly Step[]
  /**
   * `handled`: the handler gets `payloads`. `rejected`: no handler runs and no status is 2xx or 3xx. `either`: one of
   * the two, depending on the host's HTTP parser.
   */
  readonly outcome: 'handled' | 'rejected' | 'either'
  /** The payloads that the handler gets, in order; `['hello']` by default. */
  readonly payloads?: readonly unknown[]
}

export const helloChunks = '5\r\nhello\r\n0\r\n\r\n'
export const handled = 'handled' as const
export const rejected = 'rejected' as const
export const either = 'either' as const

export const withLines = (lines: readonly string[], body: string = 'hello'): Step[] => [request({ lines, body })]
