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

/** A key as it stands in a file, and read. */
export interface KeyEntry {
  readonly text: string
  readonly key: Key
}

/** The keys of a file after a change, and when the file was changed before. */
export interface Changed {
  readonly keys: readonly Key[]
  readonly before: Date
}

/**
 * Changes the keys of a file in one step: whoever reads it sees either the old keys or the new ones. Mode and owner are
 * kept; of a file such as `.env`, everything but the value of `HOOKURL_KEYS` too.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export function updateKeyringFile(path: string, change: (entries: readonly KeyEntry[]) => readonly string[]): Changed {
  try {
    const target = realpathSync(path)
    return withDraft(target, (draft) => {
      const stats = statSync(target)
      const layout = readLayout(readFileSync(target, 'utf8'), path)
      const texts = change(readEntries(layout.value, path))
      const keys = parseKeys(texts)
      writeSync(draft, layout.write(texts))
      fchmodSync(draft, stats.mode & 0o7777)
      const { uid, gid } = fstatSync(draft)
      if (uid !== stats.uid || gid !== stats.gid) fchownSync(draft, stats.uid, stats.gid)
      fsyncSync(draft)
      return { keys, before: stats.mtime }
    })
  } catch (error) {
    if (isHookurlError(error)) throw error
    const code = Reflect.get(error as object, 'code')
    const fix =
      code === 'ENOENT' ? '`hookurl keys new` makes a key: write it to a file.' : 'Name a file that can be changed.'
    throw invalidOption(`--file: ${path} cannot be changed (${code})`, fix)
  }
}

// The draft is the lock too: of two changes at once, the second would lose the first.
function withDraft(target: string, write: (draft: number) => Changed): Changed {
  const draft = `${target}.new`
  const handle = openDraft(draft)
  try {
    const changed = write(handle)
    renameSync(draft, target)
    return changed
  } catch (error) {
    unlinkSync(draft)
    throw error
  } finally {
    closeSync(handle)
  }
}

function openDraft(draft: string): number {
  try {
    return openSync(draft, 'wx', 0o600)
  } catch (error) {
    if (Reflect.get(error as object, 'code') !== 'EEXIST') throw error
    throw invalidOption(`${draft} is there: another change is under way, or was cut off`, 'Wait, or remove that file.')
  }
}

interface Layout {
  readonly value: string
  write(texts: readonly string[]): string
}

const assignment = /^([ \t]*(?:export[ \t]+)?HOOKURL_KEYS[ \t]*=[ \t]*)(?:(["'`])([^"'`]*)\2|([^\r\n#]*))/gm

function readLayout(text: string, path: string): Layout {
  const found = [...text.matchAll(assignment)]
  const [match] = found
  if (match === undefined) return { value: text, write: (texts) => `${texts.join('\n')}\n` }
  if (found.length > 1) {
    throw invalidOption(`--file: HOOKURL_KEYS stands ${found.length} times in ${path}`, 'Leave one of them.')
  }
  const [whole, before = '', quote = '', quoted, bare = ''] = match
  const space = quoted === undefined ? (/[ \t]*$/.exec(bare)?.[0] ?? '') : ''
  const rest = text.slice(match.index + whole.length)
  return {
    value: quoted ?? bare,
    write: (texts) => text.slice(0, match.index) + before + quote + texts.join(',') + quote + space + rest,
  }
}

function readEntries(value: string, path: string): KeyEntry[] {
  try {
    const keys = parseKeys(value)
    const texts = value.split(/[\s,]+/).filter((text) => text !== '')
    return keys.map((key, index) => ({ key, text: texts[index] as string }))
  } catch (error) {
    if (!isHookurlError(error)) throw error
    throw new HookurlError('invalid_key', { message: `${path}: ${error.message}`, fix: error.fix })
  }
}
