import { readFileSync } from 'node:fs'
import type { LambdaEvent } from '@hookurl/verify/lambda'

/** The payload formats of API Gateway, and the two of an Application Load Balancer. */
export type Format = '1.0' | '2.0' | 'ALB' | 'ALB, multi-value'

const files = {
  '1.0': 'rest-api.json',
  '2.0': 'http-api.json',
  url: 'function-url.json',
  ALB: 'alb.json',
  'ALB, multi-value': 'alb-multi-value.json',
  'ALB health check': 'alb-health-check.json',
} as const

/** The recorded events by name. */
export type EventName = keyof typeof files

const recorded = new Map<EventName, string>()

/** Reads a recorded event of a gateway. */
export function readEvent(name: EventName): LambdaEvent & Record<string, unknown> {
  const text = recorded.get(name) ?? readFileSync(new URL(`../events/${files[name]}`, import.meta.url), 'utf8')
  recorded.set(name, text)
  return JSON.parse(text)
}
