import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { HookurlError, isHookurlError, type Key, parseKeys } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'

/** A key in a file: its string and the parsed key. */
export interface KeyEntry {
  readonly text: string
  readonly key: Key
}

/** The keys of a file after an update. */
export interface KeyringUpdate {
  readonly keys: readonly Key[]
  /** When the file was last modified before the update. */
  readonly previouslyModified: Date
}

/**
 * Replaces the keys in a file in one step: a reader sees either the old keys or the new ones. The file keeps its mode
 * and owner; a file such as `.env` also keeps everything but the value of `HOOKURL_KEYS`.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export function updateKeyringFile(
  path: string,
  update: (entries: readonly KeyEntry[]) => readonly string[],
): KeyringUpdate {
  try {
    const target = realpathSync(path)
    return replaceFile(target, (handle) => {
      const stats = statSync(target)
      const layout = parseLayout(readFileSync(target, 'utf8'), path)
      const entries = update(parseEntries(layout.value, path))
      const keys = parseKeys(entries)
      writeSync(handle, layout.format(entries))
      fchmodSync(handle, stats.mode & 0o7777)
      const { uid, gid } = fstatSync(handle)
      if (uid !== stats.uid || gid !== stats.gid) fchownSync(handle, stats.uid, stats.gid)
      fsyncSync(handle)
      return { keys, previouslyModified: stats.mtime }
    })
  } catch (error) {
    if (isHookurlError(error)) throw error
    const code = Reflect.get(error as object, 'code')
    const fix =
      code === 'ENOENT'
        ? 'Create the file with `hookurl keys new > PATH`.'
        : 'Choose a file that can be read and replaced.'
    throw invalidOption(`--keys-file: ${path} cannot be changed (${code})`, fix)
  }
}

// The temporary file is also a lock: without it, the second of two concurrent updates would undo the first.
function replaceFile(target: string, write: (handle: number) => KeyringUpdate): KeyringUpdate {
  const tempFile = `${target}.new`
  const handle = openTempFile(tempFile)
  try {
    const update = write(handle)
    renameSync(tempFile, target)
    return update
  } catch (error) {
    unlinkSync(tempFile)
    throw error
  } finally {
    closeSync(handle)
  }
}

function openTempFile(tempFile: string): number {
  try {
    return openSync(tempFile, 'wx', 0o600)
  } catch (error) {
    if (Reflect.get(error as object, 'code') !== 'EEXIST') throw error
    throw invalidOption(
      `${tempFile} exists: another update is in progress, or was interrupted`,
      'Wait, or remove that file.',
    )
  }
}

interface Layout {
  readonly value: string
  /** Returns the contents of the file with these keys. */
  format(keys: readonly string[]): string
}

const assignment = /^([ \t]*(?:export[ \t]+)?HOOKURL_KEYS[ \t]*=[ \t]*)(?:(["'`])([^"'`]*)\2|([^\r\n#]*))/gm

function parseLayout(content: string, path: string): Layout {
  const assignments = [...content.matchAll(assignment)]
  const [match] = assignments
  if (match === undefined) return { value: content, format: (keys) => `${keys.join('\n')}\n` }
  if (assignments.length > 1) {
    throw invalidOption(`--keys-file: ${path} sets HOOKURL_KEYS ${assignments.length} times`, 'Keep one of them.')
  }
  const [matched, name = '', quote = '', quoted, bare = ''] = match
  const space = quoted === undefined ? (/[ \t]*$/.exec(bare)?.[0] ?? '') : ''
  const before = content.slice(0, match.index) + name + quote
  const after = quote + space + content.slice(match.index + matched.length)
  return { value: quoted ?? bare, format: (keys) => before + keys.join(',') + after }
}

function parseEntries(value: string, path: string): KeyEntry[] {
  try {
    const keys = parseKeys(value)
    const strings = value.split(/[\s,]+/).filter((text) => text !== '')
    return keys.map((key, index) => ({ key, text: strings[index] as string }))
  } catch (error) {
    if (!isHookurlError(error)) throw error
    throw new HookurlError('invalid_key', { message: `${path}: ${error.message}`, fix: error.fix })
  }
}
