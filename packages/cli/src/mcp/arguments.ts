import { invalidOption } from '@hookurl/core/internal'
import { findSimilar } from '../io/report-error.ts'
import type { JsonObject } from './json-rpc.ts'

interface StringSchema {
  readonly type: 'string'
  readonly description: string
  readonly minLength?: number
  readonly maxLength: number
  readonly enum?: readonly string[]
}

interface IntegerSchema {
  readonly type: 'integer'
  readonly description: string
  readonly minimum: number
  readonly maximum: number
}

/** Any JSON if it has no type. */
export type PropertySchema =
  | StringSchema
  | IntegerSchema
  | { readonly type: 'boolean'; readonly description: string }
  | { readonly type?: undefined; readonly description: string }

/** The JSON Schema of a tool's arguments. */
export interface InputSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, PropertySchema>>
  readonly required: readonly string[]
  readonly additionalProperties: false
}

/** Creates the schema of an object that has only these properties. */
export function createInputSchema(
  properties: InputSchema['properties'],
  required: InputSchema['required'],
): InputSchema {
  return { type: 'object', properties, required, additionalProperties: false }
}

/**
 * Checks arguments against a schema.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function assertArguments({ properties, required }: InputSchema, args: JsonObject): void {
  const names = Object.keys(properties)
  for (const [name, value] of Object.entries(args)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (schema === undefined) throw unknownArgument(name, names)
    const problem = findProblem(schema, value)
    if (problem !== undefined) throw invalidOption(`${name} ${problem}`, getFix(schema))
  }
  const missing = required.find((name) => !Object.hasOwn(args, name))
  if (missing !== undefined) throw invalidOption(`${missing} is missing`, properties[missing]?.description ?? '')
}

function findProblem(schema: PropertySchema, value: unknown): string | undefined {
  if (schema.type === undefined) return undefined
  if (schema.type === 'boolean') return typeof value === 'boolean' ? undefined : 'must be true or false'
  return schema.type === 'integer' ? findIntegerProblem(schema, value) : findStringProblem(schema, value)
}

function findIntegerProblem({ minimum, maximum }: IntegerSchema, value: unknown): string | undefined {
  const isValid = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
  return isValid ? undefined : `must be an integer from ${minimum} to ${maximum}`
}

function findStringProblem(
  { minLength = 0, maxLength, enum: choices }: StringSchema,
  value: unknown,
): string | undefined {
  if (typeof value !== 'string') return 'must be a string'
  if (value.length < minLength) return 'must not be empty'
  // JSON Schema counts code points, of which a string has at least half as many as UTF-16 code units.
  if (value.length > maxLength && [...value.slice(0, 2 * maxLength + 1)].length > maxLength) {
    return `must have at most ${maxLength} characters`
  }
  return choices === undefined || choices.includes(value) ? undefined : 'has a value that this server does not allow'
}

function getFix(schema: PropertySchema): string {
  return schema.type === 'string' && schema.enum !== undefined
    ? `Use one of: ${schema.enum.join(', ')}.`
    : schema.description
}

function unknownArgument(name: string, names: readonly string[]): Error {
  const similar = findSimilar(name, names)
  return invalidOption(
    'there is an unknown argument',
    similar === undefined ? `Use only: ${names.join(', ')}.` : `Did you mean ${similar}?`,
  )
}
