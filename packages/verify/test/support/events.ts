import { readFileSync } from 'node:fs'
import type { LambdaEvent } from '@hookurl/verify/lambda'

/** The payload formats of API Gateway. */
export type Format = '1.0' | '2.0'

const files = { '1.0': 'rest-api.json', '2.0': 'http-api.json', url: 'function-url.json' } as const

/** Reads a recorded gateway event. */
export function readEvent(name: keyof typeof files): LambdaEvent & Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../events/${files[name]}`, import.meta.url), 'utf8'))
}
