import { decodeBytes, encodeBytes } from '@hookurl/core/internal'

/** JSON in which other values are objects with the member `$`: their type. */
type Encoded = unknown

/** The bytes of a file, and the placeholder that they belong to. */
interface PendingFile {
  readonly file: File
  readonly placeholder: { bytes: string }
}

type Tagged = { readonly $: string } & Readonly<Record<string, unknown>>

/**
 * Serializes a payload as JSON. Besides JSON values, it may contain what bodies and schemas produce: `undefined`, bigint,
 * any number, `Date`, `Map`, `Set`, `Uint8Array` and `File`.
 *
 * @throws {TypeError} for any other value, naming its type
 */
export async function serializeValue(value: unknown): Promise<string> {
  const files: PendingFile[] = []
  const encoded = encode(value, files)
  for (const { file, placeholder } of files) placeholder.bytes = encodeBytes(new Uint8Array(await file.arrayBuffer()))
  return JSON.stringify(encoded)
}

/** Restores a value from its JSON. */
export function parseValue(json: string): unknown {
  return decode(JSON.parse(json))
}

function encode(value: unknown, files: PendingFile[]): Encoded {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: 'number', text: formatNumber(value) }
    case 'bigint':
      return { $: 'bigint', text: String(value) }
    case 'undefined':
      return { $: 'undefined' }
    case 'object':
      return value === null ? null : encodeObject(value, files)
    default:
      throw new TypeError(`a payload that contains a ${typeof value} cannot be stored`)
  }
}

function encodeObject(value: object, files: PendingFile[]): Encoded {
  const encodeAll = (values: Iterable<unknown>): Encoded[] => Array.from(values, (each) => encode(each, files))
  if (Array.isArray(value)) return encodeAll(value)
  if (value instanceof Date) return { $: 'date', time: value.getTime() }
  if (value instanceof Uint8Array) return { $: 'bytes', bytes: encodeBytes(value) }
  if (value instanceof Map) return { $: 'map', entries: Array.from(value, encodeAll) }
  if (value instanceof Set) return { $: 'set', values: encodeAll(value) }
  if (value instanceof File) {
    const { name, type, lastModified } = value
    const placeholder = { $: 'file', name, type, lastModified, bytes: '' }
    files.push({ file: value, placeholder })
    return placeholder
  }
  if (!isPlain(value)) {
    throw new TypeError(`a payload that contains an object of the class ${getClassName(value)} cannot be stored`)
  }
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, encode(member, files)]))
  return Object.hasOwn(members, '$') ? { $: 'object', members } : members
}

function decode(value: Encoded): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(decode)
  return Object.hasOwn(value, '$') ? decodeTagged(value as Tagged) : decodeMembers(value)
}

function decodeTagged({ $, ...rest }: Tagged): unknown {
  switch ($) {
    case 'number':
      return Number(rest.text)
    case 'bigint':
      return BigInt(rest.text as string)
    case 'date':
      // JSON has no NaN, the time of an invalid date.
      return new Date((rest.time as number | null) ?? Number.NaN)
    case 'bytes':
      return toBytes(rest.bytes)
    case 'map':
      return new Map((rest.entries as [Encoded, Encoded][]).map(([name, member]) => [decode(name), decode(member)]))
    case 'set':
      return new Set((rest.values as Encoded[]).map(decode))
    case 'file': {
      const { name, type, lastModified, bytes } = rest as {
        name: string
        type: string
        lastModified: number
        bytes: string
      }
      return new File([toBytes(bytes)], name, { type, lastModified })
    }
    case 'object':
      return decodeMembers(rest.members as object)
    default:
      return undefined
  }
}

function decodeMembers(members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, decode(member)]))
}

function toBytes(text: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(decodeBytes(text as string))
}

function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

// An object literal of another realm has another `Object.prototype`.
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function getClassName(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? name : 'an unknown one'
}
