import { sanitizeLogLine } from '@hookurl/core/internal'
import { JsonNumber } from './json.ts'

const MAX_LENGTH = 100
const MAX_VALUE_LENGTH = 48
const MAX_SCALARS = 3
// More of a string than is shown, so that a token at the cut is still recognized and redacted.
const MAX_READ_LENGTH = 2048
// Looks at the first members only, so that a large payload takes no longer than a small one.
const MAX_MEMBERS = 100
const MAX_DEPTH = 3

// Headers that name the event: GitHub, Gitea, GitLab, Bitbucket, Shopify, CloudEvents, Twitch.
const eventHeaders: readonly string[] = [
  'x-github-event',
  'x-gitea-event',
  'x-gitlab-event',
  'x-event-key',
  'x-shopify-topic',
  'ce-type',
  'twitch-eventsub-subscription-type',
]
const eventNames: readonly string[] = ['type', 'event', 'event_type', 'eventType', 'event_name', 'eventName', 'topic']

/** Returns the value of a request header by its lowercase name. */
export type GetHeader = (name: string) => string | null | undefined

/**
 * Describes in one line what a request is about: its event and action if it names them, otherwise its first values. The
 * line has at most 100 characters, tokens and keys are redacted and control characters escaped. Returns `undefined` if
 * there is nothing to say.
 */
export function describePayload(payload: unknown, getHeader: GetHeader = () => undefined): string | undefined {
  const value = unwrapPayload(payload)
  const parts = [...describeEvent(value, getHeader)]
  if (parts.length === 0) parts.push(...describeValue(value))
  const line = parts.join(' · ')
  return line === '' ? undefined : cut(line, MAX_LENGTH)
}

/** Reads the JSON of a form with one field, as GitHub and Slack send it. */
function unwrapPayload(payload: unknown): unknown {
  if (!isRecord(payload)) return payload
  const { payload: inner } = payload
  if (typeof inner !== 'string' || !inner.startsWith('{') || Object.keys(payload).length !== 1) return payload
  try {
    return JSON.parse(inner)
  } catch {
    return payload
  }
}

function describeEvent(value: unknown, getHeader: GetHeader): string[] {
  const record: Record<string, unknown> = isRecord(value) ? value : {}
  const events = [
    ...eventHeaders.map((name) => getHeader(name) ?? undefined),
    ...eventNames.map((name) => record[name]),
  ]
  const event = events.map(toEvent).find((each) => each !== undefined)
  const action = toEvent(record.action)
  return [event, action].filter((each) => each !== undefined)
}

function toEvent(value: unknown): string | undefined {
  // Slack's `event` is an object with a `type`.
  const event = isRecord(value) ? value.type : value
  return typeof event === 'string' && event.trim() !== '' ? formatString(event) : undefined
}

function describeValue(value: unknown): string[] {
  if (typeof value === 'string') return [formatString(firstLine(value))].filter((line) => line !== '')
  if (Array.isArray(value) && value.length > 0) return [`${value.length} items`.replace(/^1 items/, '1 item')]
  if (isFile(value)) return [formatFile(value)]
  if (isRecord(value)) return listScalars(value)
  return isScalar(value) ? [formatScalar(value)] : []
}

/** Lists the first values of an object, those of nested objects after its own. */
function listScalars(root: Record<string, unknown>): string[] {
  const found: string[] = []
  let level: (readonly [path: string, record: Record<string, unknown>])[] = [['', root]]
  for (let depth = 0; depth < MAX_DEPTH && found.length < MAX_SCALARS; depth++) {
    const next: typeof level = []
    for (const [path, record] of level) {
      for (const [name, value] of firstMembers(record)) {
        const label = `${path}${formatString(name)}`
        const file = [value].flat()[0]
        if (isFile(file)) found.push(`${label}: ${formatFile(file)}`)
        else if (isRecord(value)) next.push([`${label}.`, value])
        else if (isScalar(value) && value !== '' && value !== null) found.push(`${label}: ${formatScalar(value)}`)
        if (found.length === MAX_SCALARS) return found
      }
    }
    level = next.slice(0, MAX_MEMBERS)
  }
  return found
}

function firstMembers(record: Record<string, unknown>): [string, unknown][] {
  const members: [string, unknown][] = []
  for (const name in record) {
    if (!Object.hasOwn(record, name)) continue
    members.push([name, record[name]])
    if (members.length === MAX_MEMBERS) break
  }
  return members
}

interface FileLike {
  readonly name: string
  readonly type: string
  readonly size: number
}

// A `File`, or what a JSON record has in its place.
function isFile(value: unknown): value is FileLike {
  if (typeof value !== 'object' || value === null) return false
  const { name, type, size } = value as Partial<FileLike>
  return typeof name === 'string' && typeof type === 'string' && typeof size === 'number'
}

function formatFile({ name, size }: FileLike): string {
  return `${formatString(name)} (${size < 1024 ? `${size} bytes` : `${Math.round(size / 1024)} KiB`})`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isFile(value)) return false
  return !(value instanceof JsonNumber) && !(value instanceof Uint8Array)
}

function isScalar(value: unknown): value is string | number | boolean | null | JsonNumber {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value) || value instanceof JsonNumber
}

function formatScalar(value: string | number | boolean | null | JsonNumber): string {
  if (value instanceof JsonNumber) return cut(value.literal, MAX_VALUE_LENGTH)
  return typeof value === 'string' ? formatString(firstLine(value)) : String(value)
}

function firstLine(text: string): string {
  // Not the declarations of XML and HTML.
  const content = text.slice(0, MAX_READ_LENGTH).replace(/^\ufeff?\s*(?:<[?!][^>]*>\s*)*/, '')
  return /\S[^\r\n]*/.exec(content)?.[0] ?? ''
}

function formatString(text: string): string {
  return cut(sanitizeLogLine(text.slice(0, MAX_READ_LENGTH).trim()), MAX_VALUE_LENGTH)
}

function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  // A character has at most two code units.
  const characters = [...text.slice(0, 2 * maxLength + 2)]
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`
}
