import { readFile, realpath, stat, unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { HookurlError, isHookurlError, type Key, parseKeys } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { type AtomicFile, openAtomicFile, statIfExists } from '../io/atomic-file.ts'
import { listOtherTempFiles, type OtherTempFile } from '../io/temp-files.ts'
import { describeWriteError, getErrorCode } from '../io/write-error.ts'

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

const RETRY_MS = 20
/** How long a temporary file of another process may exist. An update takes milliseconds. */
const MAX_UPDATE_MS = 10_000
/** How long an update waits for others in total. */
const MAX_WAIT_MS = 60_000

/**
 * Replaces the keys of a file in one step: a reader sees either the old keys or the new ones. The file keeps its mode and
 * owner; a file such as `.env` also keeps everything but the value of `HOOKURL_KEYS`. Updates at the same time take turns.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export async function updateKeyringFile(path: string, update: UpdateKeys): Promise<KeyringUpdate> {
  try {
    return await updateInTurn({ path, target: await realpath(path), update })
  } catch (error) {
    if (isHookurlError(error)) throw error
    const { reason, fix } = describeWriteError(error)
    throw invalidOption(
      `--keys-file: ${path} cannot be changed (${reason})`,
      reason === 'ENOENT' ? 'Create the file with `hookurl keys new > PATH`.' : fix,
    )
  }
}

type UpdateKeys = (entries: readonly KeyEntry[]) => readonly string[]

interface KeyringFile {
  /** As the user wrote it. */
  readonly path: string
  /** With links resolved. */
  readonly target: string
  readonly update: UpdateKeys
}

// The temporary file is also the lock, because the second of two simultaneous updates would undo the first. Each
// process creates its own before it looks for others, so at least one of two processes sees the other and waits. Names
// are never reused, so removing a file left behind by a killed process cannot remove another process's lock. If a
// process that seemed to be dead is still running, its rename fails and it starts over.
async function updateInTurn(keyring: KeyringFile): Promise<KeyringUpdate> {
  if (!(await stat(keyring.target)).isFile()) {
    throw invalidOption(`--keys-file: ${keyring.path} is not a file`, 'Pass the path of a file with keys.')
  }
  const deadline = performance.now() + MAX_WAIT_MS
  const firstSeen = new Map<string, number>()
  while (performance.now() < deadline) {
    const file = await openAtomicFile(keyring.target, { owner: 'required' })
    try {
      const others = await listOtherTempFiles(keyring.target, file.tempFile)
      const isBlocked = others.some((other) => isActive(other, firstSeen))
      if (!isBlocked) {
        await Promise.all(others.map(({ path }) => removeIfExists(path)))
        const updated = await replaceKeys(keyring, file)
        if (updated !== undefined) return updated
      }
    } finally {
      await file.discard()
    }
    await sleep(RETRY_MS * (1 + Math.random()))
  }
  throw invalidOption(`--keys-file: other updates of ${keyring.path} are in progress`, 'Wait, and run it again.')
}

// If a file exists for too long, its process was suspended, or its process ID was reused.
function isActive({ path, isRunning }: OtherTempFile, firstSeen: Map<string, number>): boolean {
  const now = performance.now()
  const since = firstSeen.get(path) ?? now
  firstSeen.set(path, since)
  return isRunning && now - since < MAX_UPDATE_MS
}

/** Resolves to `undefined` if another process has taken the lock. */
async function replaceKeys(
  { path, target, update }: KeyringFile,
  file: AtomicFile,
): Promise<KeyringUpdate | undefined> {
  const { mtime } = await stat(target)
  const layout = parseLayout(await readFile(target, 'utf8'), path)
  const entries = update(parseEntries(layout.value, path))
  const keys = parseKeys(entries)
  await file.write(layout.format(entries))
  await file.complete()
  try {
    await file.publish()
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT' && (await statIfExists(file.tempFile)) === undefined) return undefined
    throw error
  }
  return { keys, previouslyModified: mtime }
}

async function removeIfExists(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (getErrorCode(error) !== 'ENOENT') throw error
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
