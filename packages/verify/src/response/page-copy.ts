import type { CommandDefinition, CommandTitle, Hook, LocalizedText } from '@hookurl/core'
import { COMMENT_FIELD, type ConfirmForm } from './default-pages.ts'
import { lookUp } from './language-tags.ts'

const MAX_LENGTH = 256
// Control characters, line breaks, and the characters that reverse the direction of the text around them.
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e]+/gu

/** What the application contributes to the default pages, in the language of a page. */
export interface CopyReader {
  /** Returns the title of a hook's command, if it has one. */
  readTitle(data: CopyData, language: string): string | undefined
  /** Returns the labels of a confirm page. */
  readForm(data: CopyData, language: string): ConfirmForm
  readText(text: LocalizedText, language: string, instead: string): string
}

/** A hook, which may not be verified, and what its command defines. */
export interface CopyData {
  readonly hook?: Hook | undefined
  readonly definition?: CommandDefinition | undefined
  readonly formId?: string | undefined
}

/** Creates a reader that reports what a title or label throws, and returns its default instead. */
export function createCopyReader(onError: (error: unknown) => void): CopyReader {
  function attempt<T>(read: () => T, instead: T): T {
    try {
      return read()
    } catch (error) {
      onError(error)
      return instead
    }
  }

  const readText: CopyReader['readText'] = (text, language, instead) => attempt(() => localize(text, language), instead)

  return {
    readText,
    readTitle: ({ hook, definition }, language) => {
      const title = definition?.title
      if (title === undefined || hook === undefined) return undefined
      return attempt(() => localizeTitle(title, hook, language), undefined)
    },
    readForm: ({ definition = {}, formId }, language) => {
      const { choices, comment } = definition
      const labels = Object.entries(choices ?? {}).map(([name, label]): [string, string] => [
        name,
        readText(label, language, name),
      ])
      return {
        formId,
        choices: choices === undefined ? undefined : new Map(labels),
        comment: comment && { ...comment, label: readText(comment.label, language, COMMENT_FIELD) },
      }
    },
  }
}

/**
 * Whether the title of a command may be in a link preview, which other people in a chat see as well: what a function makes
 * of the hook is only for its user, if it has one.
 */
export function isForPreview({ title }: CommandDefinition, hook: Hook): boolean {
  return typeof title !== 'function' || hook.requiresUser !== true
}

function localize(text: LocalizedText, language: string): string {
  return toLine(typeof text === 'function' ? text(language) : select(text, language))
}

function localizeTitle(title: CommandTitle, hook: Hook, language: string): string {
  return typeof title === 'function' ? toLine(title(hook, language)) : localize(title, language)
}

function select(text: string | Readonly<Record<string, string>>, language: string): string | undefined {
  if (typeof text === 'string') return text
  const entries: readonly [string, string][] = Object.entries(text)
  const byTag = new Map(entries.map(([tag, string]) => [tag.toLowerCase(), string]))
  return lookUp(language, byTag) ?? byTag.get('en') ?? entries[0]?.[1]
}

/** Makes one line of text, cut after 256 characters. `defineCommands` has not checked what a function returns. */
function toLine(text: unknown): string {
  if (text instanceof Promise) text.catch(() => {})
  const start = typeof text === 'string' ? cut(text, 4 * MAX_LENGTH) : ''
  const line = start.replace(unprintable, ' ').trim()
  if (line === '') throw new TypeError('the text of a page must be a string that is not empty, and not a promise')
  return line.length <= MAX_LENGTH ? line : `${cut(line, MAX_LENGTH - 1)}…`
}

// The last character may be one half of a surrogate pair.
function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}
