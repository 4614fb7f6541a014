import { invalidOption } from '@hookurl/core/internal'
import type { Sample } from './services.ts'

const eventHeaders: readonly string[] = ['x-github-event']
const eventPaths: readonly (readonly string[])[] = [
  ['event', 'type'],
  ['type'],
  ['event'],
  ['event_type'],
  ['eventType'],
  ['name'],
  ['subscription', 'type'],
  ['action', 'type'],
]

/**
 * Replaces the event that a sample is about.
 *
 * @throws {HookurlError} `invalid_option` if the sample names no event
 */
export function withEvent(sample: Sample, event: string, service: string): Sample {
  const header = eventHeaders.find((name) => sample.headers?.[name] !== undefined)
  if (header !== undefined) return { ...sample, headers: { ...sample.headers, [header]: event } }
  const path = eventPaths.find((names) => typeof getMember(sample.body, names) === 'string')
  if (path !== undefined) return { ...sample, body: replaceMember(sample.body, path, event) }
  throw invalidOption(`the sample of ${service} names no event`, 'Remove --event, or pass the body with --data.')
}

function getMember(value: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>((current, name) => (isObject(current) ? current[name] : undefined), value)
}

function replaceMember(value: unknown, [name = '', ...rest]: readonly string[], event: string): unknown {
  const object = value as Record<string, unknown>
  return { ...object, [name]: rest.length === 0 ? event : replaceMember(object[name], rest, event) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
