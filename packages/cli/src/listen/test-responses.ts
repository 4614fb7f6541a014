import { setTimeout as sleep } from 'node:timers/promises'
import { invalidOption } from '@hookurl/core/internal'
import type { Command } from 'commander'
import { parseInteger, parseMilliseconds } from '../io/flags.ts'
import { problemResponse } from './hook-sink.ts'

/** The flags that test how a sender handles failures and delays. */
export interface TestFlags {
  status?: number
  delay?: number
  failFirst?: number
}

/** Returns the response to a hook, or `undefined` if it is processed as usual. */
export type TestResponder = (disconnected: AbortSignal) => Promise<Response | undefined>

const DEFAULT_FAILURE = 500

export function addTestFlags(command: Command): Command {
  return command
    .option('--status <n>', 'respond to valid hooks with this status, to test a sender', parseStatus)
    .option('--delay <duration>', 'wait before each response to a valid hook', (text) =>
      parseMilliseconds(text, '--delay'),
    )
    .option('--fail-first <n>', 'fail only the first n hooks, with --status or 500', (text) =>
      parseInteger(text, '--fail-first'),
    )
}

/** Creates the responder of the flags. Without any of them, it returns `undefined`. */
export function createTestResponder({ status, delay, failFirst }: TestFlags): TestResponder | undefined {
  if (status === undefined && delay === undefined && failFirst === undefined) return undefined
  let count = 0
  return async (disconnected) => {
    count++
    const isTested = failFirst === undefined ? status !== undefined : count <= failFirst
    if (delay !== undefined) await sleep(delay, undefined, { signal: disconnected }).catch(() => {})
    if (!isTested) return undefined
    return createResponse(status ?? DEFAULT_FAILURE)
  }
}

function createResponse(status: number): Response {
  if (status === 204 || status === 205 || status === 304) return new Response(null, { status })
  if (status >= 400) return problemResponse(status, 'a test failure from hookurl listen')
  return new Response(null, { status })
}

function parseStatus(text: string): number {
  const status = parseInteger(text, '--status')
  if (status >= 200 && status <= 599) return status
  throw invalidOption('--status must be from 200 to 599', 'Pass the status that the sender should get, such as 503.')
}
