import type { StandardSchemaV1 } from '@standard-schema/spec'
import { invalidOption } from './errors.ts'
import type { Hook } from './hook.ts'
import { isLocalizedText, type LocalizedText } from './localized-text.ts'
import { isName } from './token/claims.ts'
import { escapeControlChars } from './url/log-line.ts'
import { assertOptions } from './util/assert-options.ts'
import { chain, isPromiseLike, type MaybePromise } from './util/maybe-promise.ts'

/** The definition of one command. Its schemas may come from any library that implements Standard Schema. */
export interface CommandDefinition {
  /** The schema of the content that is signed into its URLs. */
  readonly content?: StandardSchemaV1 | undefined
  /** The schema of the payload that a client sends. */
  readonly payload?: StandardSchemaV1 | undefined
  /**
   * The title shown on the command's pages, such as `'Approve the invoice'`, also by language. A function of the hook can
   * name what its content is about: `(hook) => 'Approve invoice ' + hook.content`. It returns a string of up to 256
   * characters, not a promise; if it throws, the page has its default title.
   */
  readonly title?: CommandTitle | undefined
  /**
   * Up to 20 choices: labels by name. The confirm page shows a button for each, and the handler receives the name of the
   * chosen one as `hook.choice`.
   */
  readonly choices?: Readonly<Record<string, LocalizedText>> | undefined
  /** The comment field of the confirm page. The handler receives its value as `hook.comment`. */
  readonly comment?: CommentDefinition | undefined
}

/** The title of a command: a string, strings by language tag, or a function of the hook and the page's language. */
export type CommandTitle = string | Readonly<Record<string, string>> | ((hook: Hook, language: string) => string)

/** The definition of the text field on a confirm page. */
export interface CommentDefinition {
  readonly label: LocalizedText
  /** 1 to 10,000 UTF-16 code units, as in HTML; a line break counts as one. */
  readonly maxLength: number
}

/** An application's commands, keyed by name. */
export type CommandDefinitions = Readonly<Record<string, CommandDefinition>>

/** The type used if no commands are defined: any command may be minted, and all data is `unknown`. */
// biome-ignore lint/complexity/noBannedTypes: a definition without schemas
export type AnyCommands = Readonly<Record<string, {}>>

/** The name of a defined command. */
export type CommandName<D extends CommandDefinitions> = keyof D & string

/** The content that may be signed into the URLs of a command. */
export type ContentInput<D extends CommandDefinitions, C extends CommandName<D>> = SchemaInput<D[C], 'content'>
/** The content that the handler of a command receives. */
export type ContentOutput<D extends CommandDefinitions, C extends CommandName<D>> = SchemaOutput<D[C], 'content'>
/** The payload that the handler of a command receives. */
export type PayloadOutput<D extends CommandDefinitions, C extends CommandName<D>> = SchemaOutput<D[C], 'payload'>

/** The input type of a schema, or `unknown` if there is none. */
type SchemaInput<T, Name extends string> =
  T extends Record<Name, infer S extends StandardSchemaV1> ? StandardSchemaV1.InferInput<S> : unknown
/** The output type of a schema, or `unknown` if there is none. */
type SchemaOutput<T, Name extends string> =
  T extends Record<Name, infer S extends StandardSchemaV1> ? StandardSchemaV1.InferOutput<S> : unknown

/** What the user submits on a confirm page: a choice and a comment, if the command defines them. */
export type ChoiceFields<D extends CommandDefinitions, C extends CommandName<D>> = ChoiceField<D[C]> &
  CommentField<D[C]>

/** The choice, if the command defines choices. */
type ChoiceField<T> = T extends { readonly choices: infer Choices extends object }
  ? {
      /** The name of the choice that the caller made. One of the command's choices, but not signed. */
      readonly choice: keyof Choices & string
    }
  : unknown
/** The comment, if the command defines one. */
type CommentField<T> = T extends { readonly comment: CommentDefinition }
  ? {
      /** The caller's comment, with `\n` as line breaks; absent if empty. Not signed. */
      readonly comment?: string
    }
  : unknown

/** The result of a validation: the schema's output, or the paths that do not match. */
export type SchemaResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly paths: readonly string[] }

const definitionNames: ReadonlySet<string> = new Set(['content', 'payload', 'title', 'choices', 'comment'])
const commentNames: ReadonlySet<string> = new Set(['label', 'maxLength'])
const MAX_CHOICES = 20
const MAX_COMMENT_LENGTH = 10_000
/** The maximum number of segments shown for a path. */
export const MAX_PATH_SEGMENTS = 16
// Limits the report for a client that sends many or deeply nested mistakes.
const MAX_ISSUES = 1000
const MAX_PATHS = 20
const MAX_PATH_LENGTH = 256
const MAX_KEY_LENGTH = 64
// Shorter than any token and any key, even if it is split by other characters.
const MAX_UNUSUAL_KEY_LENGTH = 40
const plainKey = /^[\w-]+$/
const secretStart = /eyJ|hks_/i

// The result if the schema itself throws.
const rejected: SchemaResult = { ok: false, paths: [] }

/**
 * Defines the commands that a minter and a receiver share. The definitions type the content passed to `mint` and the
 * content and payload passed to handlers, and both sides validate against them at run time.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * const commands = defineCommands({ '/onPayment': { content: z.object({ order: z.string() }) } })
 */
export function defineCommands<const D extends CommandDefinitions>(definitions: D): D {
  if (typeof definitions !== 'object' || definitions === null || Array.isArray(definitions)) {
    throw invalidOption('commands must be an object that maps commands to definitions', "Write { '/onWebhook': {} }.")
  }
  for (const [name, definition] of Object.entries(definitions)) {
    if (name === '*') throw invalidOption("a command must not be named '*', which matches any command", 'Rename it.')
    if (!isName(name)) throw invalidOption('a command must have 1 to 256 characters without control characters')
    assertOptions(definition, definitionNames, `the definition of ${JSON.stringify(name)}`)
    if (definition.title !== undefined && !isLocalizedText(definition.title)) {
      throw invalidOption(
        `the title of ${JSON.stringify(name)} must be a string of 1 to 256 characters, strings by language, or a function`,
        "Write title: 'Approve the invoice', or title: { en: 'Approve', de: 'Genehmigen' }.",
      )
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
    if (definition.choices !== undefined) assertChoices(definition.choices, name)
    if (definition.comment !== undefined) assertComment(definition.comment, name)
  }
  return Object.freeze({ ...definitions })
}

function assertChoices(choices: unknown, command: string): void {
  const entries = typeof choices === 'object' && choices !== null && !Array.isArray(choices) && Object.entries(choices)
  const isValid =
    entries !== false &&
    entries.length > 0 &&
    entries.length <= MAX_CHOICES &&
    entries.every(([name, label]) => isName(name) && isLocalizedText(label))
  if (isValid) return
  throw invalidOption(
    `the choices of ${JSON.stringify(command)} must be an object of 1 to ${MAX_CHOICES} names and labels, each a string of 1 to 256 characters; labels also by language, or a function`,
    "Write choices: { approve: 'Approve', reject: 'Reject' }.",
  )
}

function assertComment(comment: CommentDefinition, command: string): void {
  const what = `the comment of ${JSON.stringify(command)}`
  assertOptions(comment, commentNames, what)
  const { label, maxLength } = comment
  if (isLocalizedText(label) && Number.isSafeInteger(maxLength) && maxLength >= 1 && maxLength <= MAX_COMMENT_LENGTH)
    return
  throw invalidOption(
    `${what} must have a label of 1 to 256 characters, also by language, and a maxLength of 1 to ${MAX_COMMENT_LENGTH}`,
    "Write comment: { label: 'Why?', maxLength: 500 }.",
  )
}

/** Returns the definition of a command, or `undefined` if there is none. */
export function findCommand(commands: CommandDefinitions, name: string): CommandDefinition | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined
}

/** Validates a value. The schema's own messages are dropped, because some libraries quote the value in them. */
export function validateWithSchema(schema: StandardSchemaV1, value: unknown): MaybePromise<SchemaResult> {
  try {
    const validation = schema['~standard'].validate(value)
    const result = chain(isPromiseLike(validation) ? Promise.resolve(validation) : validation, toSchemaResult)
    return isPromiseLike(result) ? (result as Promise<SchemaResult>).catch(() => rejected) : result
  } catch {
    return rejected
  }
}

/** Formats the paths that do not match a schema, for an error message. */
export function formatPaths(paths: readonly string[]): string {
  return paths.length === 0 ? 'the entire value' : paths.join(', ')
}

function toSchemaResult(result: StandardSchemaV1.Result<unknown>): SchemaResult {
  if (result.issues === undefined) return { ok: true, value: result.value }
  const paths = new Set<string>()
  for (const { path = [] } of result.issues.slice(0, MAX_ISSUES)) {
    if (path.length > 0) paths.add(formatPath(path))
    if (paths.size === MAX_PATHS) break
  }
  return { ok: false, paths: [...paths] }
}

/**
 * Formats a path. Its keys may come from the client, so they may be tokens or contain control characters. Anything that
 * may be a token or a key is omitted; `redact` would be more exact, but would be a third of the size of a minter.
 */
export function formatPath(path: readonly (PropertyKey | StandardSchemaV1.PathSegment)[]): string {
  const text = path.slice(0, MAX_PATH_SEGMENTS).map(formatPathSegment).join('.')
  // The last character may be one half of a surrogate pair.
  return escapeControlChars(text)
    .slice(0, MAX_PATH_LENGTH)
    .replace(/[\ud800-\udbff]$/, '')
}

// Unusual keys are quoted, long ones are truncated.
function formatPathSegment(segment: PropertyKey | StandardSchemaV1.PathSegment): string {
  const key = String(typeof segment === 'object' ? segment.key : segment).slice(0, MAX_KEY_LENGTH)
  if (secretStart.test(key)) return '…'
  if (plainKey.test(key)) return key
  return key.length > MAX_UNUSUAL_KEY_LENGTH ? '…' : JSON.stringify(key)
}
