import type { StandardSchemaV1 } from '@standard-schema/spec'
import { invalidOption } from './errors.ts'
import { isName } from './token/claims.ts'
import { assertOptions } from './util/assert-options.ts'
import { chain, isPromiseLike, type MaybePromise } from './util/maybe-promise.ts'

/** What is known of one command. The schemas may be of any library that speaks Standard Schema. */
export interface CommandDefinition {
  /** What may be signed into its URLs. */
  readonly content?: StandardSchemaV1
  /** What a caller may send. */
  readonly payload?: StandardSchemaV1
  /** What people see on its pages. */
  readonly title?: string
}

/** The commands of an application by name. */
export type CommandDefinitions = Readonly<Record<string, CommandDefinition>>

/** Where no commands are defined, any may be minted, and all data is unknown. */
// biome-ignore lint/complexity/noBannedTypes: a definition without schemas, which is what any command has then
export type AnyCommands = Readonly<Record<string, {}>>

/** The name of a defined command. */
export type CommandName<D extends CommandDefinitions> = keyof D & string

/** What may be signed into the URLs of a command. */
export type ContentInput<D extends CommandDefinitions, C extends CommandName<D>> = SchemaInput<D[C], 'content'>
/** What the handler of a command gets as content. */
export type ContentOutput<D extends CommandDefinitions, C extends CommandName<D>> = SchemaOutput<D[C], 'content'>
/** What the handler of a command gets as payload. */
export type PayloadOutput<D extends CommandDefinitions, C extends CommandName<D>> = SchemaOutput<D[C], 'payload'>

type SchemaInput<T, Name extends string> =
  T extends Record<Name, infer S extends StandardSchemaV1> ? StandardSchemaV1.InferInput<S> : unknown
type SchemaOutput<T, Name extends string> =
  T extends Record<Name, infer S extends StandardSchemaV1> ? StandardSchemaV1.InferOutput<S> : unknown

/** What a schema says of a value: its output, or the paths of what it refuses. */
export type Checked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly paths: readonly string[] }

const definitionNames: ReadonlySet<string> = new Set(['content', 'payload', 'title'])
const mostPaths = 20

/**
 * Defines the commands that minter and receiver share: it types `mint`'s content and the handler's content and payload,
 * and is enforced at run time on both sides.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * const commands = defineCommands({ '/onPayment': { content: z.object({ order: z.string() }) } })
 */
export function defineCommands<const D extends CommandDefinitions>(definitions: D): D {
  if (typeof definitions !== 'object' || definitions === null || Array.isArray(definitions)) {
    throw invalidOption('commands must be an object of definitions by command', "Write { '/onWebhook': {} }.")
  }
  for (const [name, definition] of Object.entries(definitions)) {
    if (name === '*') throw invalidOption("a command must not be named '*', which stands for any", 'Rename it.')
    if (!isName(name)) throw invalidOption('a command must have 1 to 256 characters without control characters')
    assertOptions(definition, definitionNames, `the definition of ${JSON.stringify(name)}`)
    if (definition.title !== undefined && !isName(definition.title)) {
      throw invalidOption(`the title of ${JSON.stringify(name)} must be a text of 1 to 256 characters`)
    }
    for (const part of ['content', 'payload'] as const) {
      const schema = definition[part]
      if (schema !== undefined && typeof schema?.['~standard']?.validate !== 'function') {
        throw invalidOption(
          `the ${part} of ${JSON.stringify(name)} must be a Standard Schema`,
          'Use zod, valibot or arktype.',
        )
      }
    }
  }
  return Object.freeze({ ...definitions })
}

/** The definition of a command, if it is defined. */
export function findCommand(commands: CommandDefinitions, name: string): CommandDefinition | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined
}

/** Runs a schema. Its own messages are dropped, since some libraries quote the value in them. */
export function validateWithSchema(schema: StandardSchemaV1, value: unknown): MaybePromise<Checked> {
  try {
    const said = schema['~standard'].validate(value)
    const result = chain(isPromiseLike(said) ? Promise.resolve(said) : said, toChecked)
    return isPromiseLike(result) ? (result as Promise<Checked>).catch(() => refused) : result
  } catch {
    return refused
  }
}

/** The sentence about paths that a schema refused. */
export function formatPaths(paths: readonly string[]): string {
  return paths.length === 0 ? 'as a whole' : paths.join(', ')
}

// A schema that throws has not said yes.
const refused: Checked = { ok: false, paths: [] }

function toChecked(result: StandardSchemaV1.Result<unknown>): Checked {
  if (result.issues === undefined) return { ok: true, value: result.value }
  const paths = result.issues.map((issue) => (issue.path ?? []).map(nameKey).join('.')).filter((path) => path !== '')
  return { ok: false, paths: [...new Set(paths)].slice(0, mostPaths) }
}

// A key may come from the caller: an odd one is quoted, a long one cut.
function nameKey(segment: PropertyKey | StandardSchemaV1.PathSegment): string {
  const key = String(typeof segment === 'object' ? segment.key : segment).slice(0, 64)
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key)
}
