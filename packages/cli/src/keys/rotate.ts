import { createHash } from 'node:crypto'
import { generateKey, type HookurlError, type Key, parseKeys } from '@hookurl/core'
import { invalidOption, parseDuration } from '@hookurl/core/internal'
import { formatTimestamp } from '@hookurl/presentation/timestamps'
import { quoteForShell } from '../io/escape.ts'
import { parseUnitlessSeconds } from '../io/flags.ts'
import { getProgramName } from '../io/program-name.ts'
import { findRecord, type KeyRecord } from './key-history.ts'
import { type KeyEntry, type KeyringContent, updateKeyringFile } from './keyring-file.ts'

/** The flags of a rotation step. */
export interface StepFlags {
  keysFile: string
  id?: string
  maxLifetime?: string
  now?: true
}

/** The result of a rotation step: the keys in the file, and what to do before the next step. */
export interface StepResult {
  readonly keys: readonly Key[]
  readonly notes: readonly string[]
}

const UNCHANGED = 'Nothing was changed.'
const retireHint = 'with the longest lifetime of your URLs'

/** Adds a new key in second place: it verifies but does not mint yet. Does nothing if that key is already there. */
export async function addKey({ keysFile, id }: StepFlags): Promise<StepResult> {
  const newKey = generateKey({ id })
  const newName = getKeyName(parseKeys(newKey)[0] as Key)
  let waiting: string | undefined
  const keys = await updateKeyringFile(keysFile, ({ entries, history }) => {
    const [first = '', ...rest] = entries.map(({ text }) => text)
    waiting = entries
      .slice(1)
      .map(getEntryName)
      .find((name) => isWaiting(history, name) && (id === undefined || id === name))
    if (waiting !== undefined) return undefined
    return { keys: [first, newKey, ...rest], history: [...history, record(newName, 'added')] }
  })
  const next = formatStep('promote', keysFile, waiting ?? newName)
  return {
    keys,
    notes: [
      waiting === undefined
        ? `Added ${newName}: it verifies but does not mint yet.`
        : `${waiting} was already added, but does not mint yet. ${UNCHANGED}`,
      `Next: deploy this file wherever URLs are verified. Then run: ${next}`,
    ],
  }
}

/**
 * Moves the added key, or the one with this id, to first place: it mints. Does nothing if that key already mints, so
 * that a repeated step does not promote the old key again.
 */
export async function promoteKey({ keysFile, id }: StepFlags): Promise<StepResult> {
  let promoted = ''
  let previous: string | undefined
  let old: string | undefined
  const keys = await updateKeyringFile(keysFile, ({ entries, history }) => {
    const index = findKeyToPromote({ entries, history, id })
    promoted = getEntryName(entries[index] as KeyEntry)
    if (index === 0) {
      old = entries.map(getEntryName).findLast((name) => findRecord(history, name, 'minted until') !== undefined)
      return undefined
    }
    previous = getEntryName(entries[0] as KeyEntry)
    const strings = entries.map(({ text }) => text)
    return {
      keys: [strings[index] as string, ...strings.filter((_text, other) => other !== index)],
      history: [
        ...history.filter(({ name, event }) => name !== promoted && name !== previous && event !== 'removed'),
        record(previous, 'minted until'),
      ],
    }
  })
  if (previous === undefined) {
    const next = old === undefined ? [] : [`Next, ${retireHint}: ${formatRetire(keysFile, old)}`]
    return { keys, notes: [`${promoted} already mints. ${UNCHANGED}`, ...next] }
  }
  return {
    keys,
    notes: [
      `Promoted ${promoted}: it now mints; ${previous} only verifies.`,
      'Next: deploy this file wherever URLs are minted, and wait until the last URL minted with the old key has expired.',
      `Then run, ${retireHint}: ${formatRetire(keysFile, previous)}`,
    ],
  }
}

/**
 * Removes the last key that has minted, or the one with this id, but never the one that mints. With `maxLifetime`, it
 * is rejected until the last URL of that key has expired. A key that may have minted requires `maxLifetime` or `now`.
 */
export async function retireKey({ keysFile, id, maxLifetime, now }: StepFlags): Promise<StepResult> {
  const lifetime =
    maxLifetime === undefined ? undefined : parseDuration(parseUnitlessSeconds(maxLifetime), '--max-lifetime')
  let name = ''
  let wasRemoved = false
  let hasMinted = true
  let lastExpiry: Date | undefined
  const keys = await updateKeyringFile(keysFile, ({ entries, history, modified }) => {
    const index = findKeyToRetire({ entries, history, id })
    wasRemoved = typeof index === 'string'
    if (typeof index === 'string') {
      name = index
      return undefined
    }
    name = getEntryName(entries[index] as KeyEntry)
    if (index === 0) throw invalidOption(`${name} is the key that mints`, 'Promote another key first.')
    // Without a record, it may have minted until the file was last changed, when another key was promoted.
    const until = isWaiting(history, name) ? undefined : (findRecord(history, name, 'minted until')?.time ?? modified)
    hasMinted = until !== undefined
    if (hasMinted && lifetime === undefined && now !== true) throw unknownLifetime(name)
    lastExpiry = lifetime === undefined || until === undefined ? undefined : addSeconds(until, lifetime)
    if (now !== true && lastExpiry !== undefined && lastExpiry.getTime() > Date.now()) {
      throw earlyRetirement(name, lastExpiry)
    }
    return {
      keys: entries.filter((_entry, other) => other !== index).map(({ text }) => text),
      history: [
        ...history.filter((other) => other.name !== name && other.event !== 'removed'),
        record(name, 'removed'),
      ],
    }
  })
  if (wasRemoved) {
    const others =
      id === undefined && keys.length > 1
        ? [`To remove another key, name it: ${formatStep('retire', keysFile, getKeyName(keys.at(-1) as Key))}`]
        : []
    return { keys, notes: [`${name} was already removed. ${UNCHANGED}`, ...others, deployNote] }
  }
  return {
    keys,
    notes: [`Removed ${name}.`, hasMinted ? describeExpiry(lastExpiry) : 'It has never minted.', deployNote],
  }
}

const deployNote = 'Next: deploy this file wherever URLs are verified.'

/** Identifies a key without revealing it: the first 12 hex digits of its SHA-256 hash. */
export function getFingerprint({ secret }: Key): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 12)
}

function getKeyName(key: Key): string {
  return key.id ?? getFingerprint(key)
}

function getEntryName({ key }: KeyEntry): string {
  return getKeyName(key)
}

function record(name: string, event: KeyRecord['event']): KeyRecord {
  return { name, event, time: new Date() }
}

/** Whether a key was added and has not been promoted yet. */
function isWaiting(history: readonly KeyRecord[], name: string): boolean {
  return findRecord(history, name, 'added') !== undefined
}

interface KeySearch extends Pick<KeyringContent, 'entries' | 'history'> {
  readonly id: string | undefined
}

function findKeyToPromote({ entries, history, id }: KeySearch): number {
  if (id !== undefined) return findKeyIndex(entries, id)
  const waiting = entries.findIndex((entry, index) => index > 0 && isWaiting(history, getEntryName(entry)))
  if (waiting > 0) return waiting
  if (entries.length < 2) {
    if (history.some(({ event }) => event === 'removed')) return 0
    throw invalidOption('there is only one key', 'Run `hookurl keys add` first.')
  }
  // Without a record, the second key can have been written there by hand.
  const second = getEntryName(entries[1] as KeyEntry)
  return findRecord(history, second, 'minted until') === undefined ? 1 : 0
}

/** Returns the index of the key, or its name if it was already removed. */
function findKeyToRetire({ entries, history, id }: KeySearch): number | string {
  const removed = history.find(({ event }) => event === 'removed')?.name
  if (id !== undefined) return id === removed && !hasKey(entries, id) ? id : findKeyIndex(entries, id)
  // One key is removed for each promotion, so that a repeated step does not remove the next one.
  if (removed !== undefined) return removed
  const index = entries.findLastIndex((entry, position) => position > 0 && !isWaiting(history, getEntryName(entry)))
  if (index > 0) return index
  if (entries.length < 2) {
    throw invalidOption(
      'there is only one key, and it mints',
      'Run `hookurl keys add` and `hookurl keys promote` first.',
    )
  }
  throw invalidOption('no key has been replaced yet: the added key does not mint', 'Run `hookurl keys promote` first.')
}

function hasKey(entries: readonly KeyEntry[], id: string): boolean {
  return entries.some(({ key }) => key.id === id || getFingerprint(key) === id)
}

function findKeyIndex(entries: readonly KeyEntry[], id: string): number {
  const byId = entries.findIndex(({ key }) => key.id === id)
  const index = byId < 0 ? entries.findIndex(({ key }) => getFingerprint(key) === id) : byId
  if (index >= 0) return index
  const names = entries.map(getEntryName).join(', ')
  throw invalidOption('--id matches no key in the file', `Use the id or fingerprint of one of its keys: ${names}.`)
}

function addSeconds(time: Date, seconds: number): Date {
  return new Date((Math.ceil(time.getTime() / 1000) + seconds) * 1000)
}

function earlyRetirement(name: string, lastExpiry: Date): HookurlError {
  return invalidOption(
    `URLs of ${name} may be valid until ${formatExpiry(lastExpiry)}. ${UNCHANGED}`,
    'Run this step again after that. If the key leaked, remove it immediately with --now.',
  )
}

function unknownLifetime(name: string): HookurlError {
  return invalidOption(
    `URLs of ${name} may still be valid. ${UNCHANGED}`,
    'Pass --max-lifetime 30d: the longest lifetime of your URLs. If the key leaked, pass --now.',
  )
}

function describeExpiry(lastExpiry: Date | undefined): string {
  if (lastExpiry === undefined) return 'Its URLs that have not expired are rejected wherever this file is deployed.'
  const hasExpired = lastExpiry.getTime() <= Date.now()
  const end = hasExpired ? '' : ' Until then, URLs that have not expired are rejected.'
  return `Its last URL ${hasExpired ? 'expired' : 'expires'} ${formatExpiry(lastExpiry)}.${end}`
}

function formatExpiry(time: Date): string {
  return formatTimestamp(time.getTime() / 1000, Date.now())
}

function formatStep(step: string, keysFile: string, id?: string): string {
  return `${getProgramName()} keys ${step} --keys-file ${quoteForShell(keysFile)}${id === undefined ? '' : ` --id ${id}`}`
}

// 30 days is the default of `mint`: the file does not contain how long its URLs are valid.
function formatRetire(keysFile: string, id: string): string {
  return `${formatStep('retire', keysFile, id)} --max-lifetime 30d`
}
