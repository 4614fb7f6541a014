import { readFile, realpath, stat, unlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { HookurlError, isHookurlError, type Key, parseKeys } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { type AtomicFile, followLinks, openAtomicFile, statIfExists, writeAtomicFile } from '../io/atomic-file.ts'
import { quoteForShell } from '../io/escape.ts'
import { listOtherTempFiles, type OtherTempFile } from '../io/temp-files.ts'
import { describeWriteError, getErrorCode } from '../io/write-error.ts'
import { formatHistory, type KeyRecord, parseHistory, removeHistory } from './key-history.ts'
import { parseKeyText, parseVariables } from './key-text.ts'

/** A key in a file: its string and the parsed key. */
export interface KeyEntry {
  readonly text: string
  readonly key: Key
}

/** The keys in a file, and what earlier steps have recorded about them. */
export interface KeyringContent {
  readonly entries: readonly KeyEntry[]
  readonly history: readonly KeyRecord[]
  /** When the file was last modified. */
  readonly modified: Date
}

/** What an update changes. */
export interface KeyringChange {
  readonly keys: readonly string[]
  readonly history: readonly KeyRecord[]
}

const RETRY_MS = 20
/** How long a temporary file of another process may exist. An update takes milliseconds. */
const MAX_UPDATE_MS = 10_000
/** How long an update waits for others in total. */
const MAX_WAIT_MS = 60_000

/**
 * Replaces the keys of a file in one step: a reader sees either the old keys or the new ones. The file keeps its mode and
 * owner; a file such as `.env` also keeps everything but the value of `HOOKURL_KEYS` and the records above it. Updates at
 * the same time take turns. Without a change, the file is not written. Resolves to the keys that are then in the file.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export function updateKeyringFile(path: string, update: UpdateKeys): Promise<readonly Key[]> {
  return changeFile(path, (bytes, modified) => changeKeys(path, { bytes, modified, update }))
}

/**
 * Adds the first key to a file, which is created if it does not exist, readable by its owner only. A file named like
 * `.env` gets a line `HOOKURL_KEYS=…`, after what it contains; any other file contains only keys.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export async function addFirstKey(path: string, key: string): Promise<void> {
  const line = envName.test(basename(path)) ? `HOOKURL_KEYS=${key}` : key
  if (await createFile(path, `${line}\n`)) return
  await changeFile(path, (bytes) => ({ bytes: appendFirstKey(path, bytes, key), result: undefined }))
}

const envName = /(?:^|\.)env(?:\.|$)/i

/** Resolves to whether the file was created. */
async function createFile(path: string, content: string): Promise<boolean> {
  try {
    const target = await followLinks(path)
    if ((await statIfExists(target)) !== undefined) return false
    await writeAtomicFile(await openAtomicFile(target, { existing: 'keep' }), content)
    return (await readFile(target, 'utf8')) === content
  } catch (error) {
    throw changeError(path, error)
  }
}

function appendFirstKey(path: string, bytes: Uint8Array, key: string): Uint8Array {
  const { keys, variables } = parseKeyText(bytes, path)
  if (variables === undefined && keys?.trim() !== '' && !envName.test(basename(path))) {
    const hasKeys = /hks_/.test(keys ?? '')
    throw invalidOption(
      `--keys-file: ${path} ${hasKeys ? 'already contains a key' : 'is not a file of keys'}`,
      hasKeys ? `To rotate, run: hookurl keys add --keys-file ${quoteForShell(path)}` : 'Choose another file.',
    )
  }
  if (variables !== undefined && keys !== undefined) {
    throw invalidOption(
      `--keys-file: ${path} already sets HOOKURL_KEYS`,
      `To rotate, run: hookurl keys add --keys-file ${quoteForShell(path)}`,
    )
  }
  const isEnv = variables !== undefined || envName.test(basename(path))
  const before = Buffer.from(bytes)
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n'
  const glue = before.length === 0 || before.at(-1) === 0x0a ? '' : lineEnd
  const line = `${glue}${isEnv ? 'HOOKURL_KEYS=' : ''}${key}${lineEnd}`
  return Buffer.concat([before, Buffer.from(line)])
}

/** Returns the new content of a file, or the result without it if nothing changes. */
type ChangeFile<T> = (
  bytes: Uint8Array,
  modified: Date,
) => { readonly bytes: Uint8Array | undefined; readonly result: T }

async function changeFile<T>(path: string, change: ChangeFile<T>): Promise<T> {
  try {
    return await changeInTurn({ path, target: await realpath(path), change })
  } catch (error) {
    throw changeError(path, error)
  }
}

function changeError(path: string, error: unknown): HookurlError {
  if (isHookurlError(error)) return error
  const { reason, fix } = describeWriteError(error)
  return invalidOption(
    `--keys-file: ${path} cannot be changed (${reason})`,
    reason === 'ENOENT' ? `Create the file with \`hookurl keys new --keys-file ${quoteForShell(path)}\`.` : fix,
  )
}

/** Returns `undefined` if nothing changes. */
type UpdateKeys = (content: KeyringContent) => KeyringChange | undefined

interface ChangedFile<T> {
  /** As the user wrote it. */
  readonly path: string
  /** With links resolved. */
  readonly target: string
  readonly change: ChangeFile<T>
}

// The temporary file is also the lock, because the second of two simultaneous updates would undo the first. Each
// process creates its own before it looks for others, so at least one of two processes sees the other and waits. Names
// are never reused, so removing a file left behind by a killed process cannot remove another process's lock. If a
// process that seemed to be dead is still running, its rename fails and it starts over.
async function changeInTurn<T>(keyring: ChangedFile<T>): Promise<T> {
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
        const replaced = await replaceFile(keyring, file)
        if (replaced !== undefined) return replaced.result
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
async function replaceFile<T>(
  { target, change }: ChangedFile<T>,
  file: AtomicFile,
): Promise<{ readonly result: T } | undefined> {
  const { mtime } = await stat(target)
  const { bytes, result } = change(await readFile(target), mtime)
  if (bytes === undefined) return { result }
  await file.write(bytes)
  await file.complete()
  try {
    await file.publish()
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT' && (await statIfExists(file.tempFile)) === undefined) return undefined
    throw error
  }
  return { result }
}

interface KeyringUpdate {
  readonly bytes: Uint8Array
  readonly modified: Date
  readonly update: UpdateKeys
}

function changeKeys(path: string, { bytes, modified, update }: KeyringUpdate): ReturnType<ChangeFile<readonly Key[]>> {
  const layout = parseLayout(bytes, path)
  const entries = parseEntries(layout.value, path)
  const change = update({ entries, history: parseHistory(layout.content), modified })
  if (change === undefined) return { bytes: undefined, result: entries.map(({ key }) => key) }
  const keys = parseKeys(change.keys)
  const content = layout.format(change)
  assertKept(layout, { content, change, path })
  return { bytes: Buffer.from(content, 'latin1'), result: keys }
}

async function removeIfExists(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (getErrorCode(error) !== 'ENOENT') throw error
  }
}

interface Layout {
  /** The bytes of the file, one character each, so that they are written as they were read. */
  readonly content: string
  readonly value: string
  /** Whether it is an `.env` file. */
  readonly isEnv: boolean
  /** Returns the contents of the file with these keys and records. */
  format(change: KeyringChange): string
}

const UTF8_BOM = '\u00ef\u00bb\u00bf'
const assignment = /^([ \t]*(?:export[ \t]+)?HOOKURL_KEYS[ \t]*=[ \t]*)(?:(["'`])([^"'`]*)\2|([^\r\n#]*))/gm

function parseLayout(bytes: Uint8Array, path: string): Layout {
  const { keys, variables } = parseKeyText(bytes, path)
  const file = Buffer.from(bytes).toString('latin1')
  const mark = file.startsWith(UTF8_BOM) ? UTF8_BOM : ''
  const content = file.slice(mark.length)
  const lineEnd = content.includes('\r\n') ? '\r\n' : '\n'
  const records = (history: readonly KeyRecord[]): string =>
    formatHistory(history)
      .map((line) => line + lineEnd)
      .join('')
  if (variables === undefined) {
    const comments = removeHistory(content)
      .split(/(?<=\n)/)
      .filter((line) => /^\s*#/.test(line))
    const format = (change: KeyringChange): string =>
      [mark, ...comments, records(change.history), change.keys.map((key) => key + lineEnd).join('')].join('')
    return { content, value: content, isEnv: false, format }
  }
  const matches = [...content.matchAll(assignment)].filter((match) => isAssignment(content, match))
  const [match] = matches
  if (match === undefined || keys === undefined) {
    throw invalidOption(
      `--keys-file: ${path} does not set HOOKURL_KEYS`,
      `Add a key to the file: hookurl keys new --keys-file ${quoteForShell(path)}`,
    )
  }
  if (matches.length > 1) {
    throw invalidOption(`--keys-file: ${path} sets HOOKURL_KEYS ${matches.length} times`, 'Keep one of them.')
  }
  const [matched, name = '', quote = '', quoted, bare = ''] = match
  const space = quoted === undefined ? (/[ \t]*$/.exec(bare)?.[0] ?? '') : ''
  const before = removeHistory(content.slice(0, match.index))
  const after = quote + space + removeHistory(content.slice(match.index + matched.length))
  const format = (change: KeyringChange): string =>
    mark + before + records(change.history) + name + quote + change.keys.join(',') + after
  return { content, value: keys, isEnv: true, format }
}

// A line of another variable's quoted value can look like an assignment: changing it would change that variable.
function isAssignment(content: string, { index, 0: matched, 1: name = '' }: RegExpExecArray): boolean {
  const changed = `${content.slice(0, index)}${name}x${content.slice(index + matched.length)}`
  const [{ HOOKURL_KEYS: _old, ...before }, { HOOKURL_KEYS: _new, ...after }] = [content, changed].map(
    parseVariables,
  ) as [Record<string, unknown>, Record<string, unknown>]
  return isDeepStrictEqual(before, after)
}

interface NewContent {
  readonly content: string
  readonly change: KeyringChange
  readonly path: string
}

/** Makes sure that Node reads the new keys from an `.env` file, and every other variable as before. */
function assertKept({ content: before, isEnv }: Layout, { content, change, path }: NewContent): void {
  if (!isEnv) return
  const expected = { ...parseVariables(before), HOOKURL_KEYS: change.keys.join(',') }
  const text = content.startsWith(UTF8_BOM) ? content.slice(UTF8_BOM.length) : content
  if (isDeepStrictEqual({ ...parseVariables(text) }, expected)) return
  throw invalidOption(
    `--keys-file: the HOOKURL_KEYS line in ${path} cannot be changed`,
    'Write it as HOOKURL_KEYS=hks_… on a line of its own.',
  )
}

function parseEntries(value: string, path: string): KeyEntry[] {
  try {
    const keys = parseKeys(value)
    const strings = value
      .split(/[\r\n]/)
      .filter((line) => !/^\s*#/.test(line))
      .flatMap((line) => line.split(/[\s,]+/))
      .filter((text) => text !== '')
    return keys.map((key, index) => ({ key, text: strings[index] as string }))
  } catch (error) {
    if (!isHookurlError(error)) throw error
    throw new HookurlError('invalid_key', { message: `${path}: ${error.message}`, fix: error.fix })
  }
}
