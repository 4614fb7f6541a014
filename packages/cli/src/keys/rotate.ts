import { createHash } from 'node:crypto'
import { generateKey, type Key } from '@hookurl/core'
import { invalidOption, parseDuration } from '@hookurl/core/internal'
import { formatTimestamp } from '@hookurl/presentation/timestamps'
import { quoteForShell } from '../io/escape.ts'
import { parseUnitlessSeconds } from '../io/flags.ts'
import { type KeyEntry, updateKeyringFile } from './keyring-file.ts'

/** The flags of a rotation step. */
export interface StepFlags {
  keysFile: string
  id?: string
  maxLifetime?: string
}

/** The result of a rotation step: the keys in the file, and what to do before the next step. */
export interface StepResult {
  readonly keys: readonly Key[]
  readonly notes: readonly string[]
}

/** Adds a new key in second place: it verifies but does not mint yet. */
export async function addKey({ keysFile, id }: StepFlags): Promise<StepResult> {
  const newKey = generateKey({ id })
  const { keys } = await updateKeyringFile(keysFile, (entries) => {
    const [first = '', ...rest] = entries.map(({ text }) => text)
    return [first, newKey, ...rest]
  })
  const name = getKeyName(keys[1] as Key)
  const next = formatStep('promote', keysFile, name)
  return {
    keys,
    notes: [
      `Added ${name}: it verifies but does not mint yet.`,
      `Next: deploy this file wherever URLs are verified. Then run: ${next}`,
    ],
  }
}

/** Moves the added key, or the one with this id, to first place: it mints. */
export async function promoteKey({ keysFile, id }: StepFlags): Promise<StepResult> {
  let previous = ''
  const { keys } = await updateKeyringFile(keysFile, (entries) => {
    const index = findKeyIndex(entries, {
      id,
      defaultIndex: 1,
      message: 'there is only one key',
      fix: 'Run `hookurl keys add` first.',
    })
    previous = getKeyName((entries[0] as KeyEntry).key)
    const strings = entries.map(({ text }) => text)
    return [strings[index] as string, ...strings.filter((_text, other) => other !== index)]
  })
  const name = getKeyName(keys[0] as Key)
  if (name === previous) return { keys, notes: [`${name} already mints. Nothing was changed.`] }
  return {
    keys,
    notes: [
      `Promoted ${name}: it now mints; ${previous} only verifies.`,
      'Next: deploy this file wherever URLs are minted, and wait until the last URL minted with the old key has expired.',
      `Then run: ${formatStep('retire', keysFile, previous)}`,
    ],
  }
}

/** Removes the last key, or the one with this id, but never the one that mints. */
export async function retireKey({ keysFile, id, maxLifetime }: StepFlags): Promise<StepResult> {
  const lifetime =
    maxLifetime === undefined ? undefined : parseDuration(parseUnitlessSeconds(maxLifetime), '--max-lifetime')
  let name = ''
  const { keys, previouslyModified } = await updateKeyringFile(keysFile, (entries) => {
    const index = findKeyIndex(entries, {
      id,
      defaultIndex: entries.length - 1,
      message: 'there is only one key, and it mints',
      fix: 'Run `hookurl keys add` and `hookurl keys promote` first.',
    })
    name = getKeyName((entries[index] as KeyEntry).key)
    if (index === 0) throw invalidOption(`${name} is the key that mints`, 'Promote another key first.')
    return entries.filter((_entry, other) => other !== index).map(({ text }) => text)
  })
  return {
    keys,
    notes: [
      `Removed ${name}.`,
      lifetime === undefined
        ? 'Its URLs that have not expired are rejected wherever this file is deployed.'
        : describeLastExpiry(previouslyModified, lifetime),
      'Next: deploy this file wherever URLs are verified.',
    ],
  }
}

/** Identifies a key without revealing it: the first 12 hex digits of its SHA-256 hash. */
export function getFingerprint({ secret }: Key): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 12)
}

function getKeyName(key: Key): string {
  return key.id ?? getFingerprint(key)
}

interface KeySearch {
  readonly id: string | undefined
  /** Used if there is no ID. */
  readonly defaultIndex: number
  /** The error if there is only one key and no ID. */
  readonly message: string
  readonly fix: string
}

function findKeyIndex(entries: readonly KeyEntry[], { id, defaultIndex, message, fix }: KeySearch): number {
  if (entries.length < 2 && id === undefined) throw invalidOption(message, fix)
  if (id === undefined) return defaultIndex
  const byId = entries.findIndex(({ key }) => key.id === id)
  const index = byId < 0 ? entries.findIndex(({ key }) => getFingerprint(key) === id) : byId
  if (index >= 0) return index
  const names = entries.map(({ key }) => getKeyName(key)).join(', ')
  throw invalidOption('--id matches no key in the file', `Use the id or fingerprint of one of its keys: ${names}.`)
}

// The old key may have minted until the file was last changed, when another key was promoted.
function describeLastExpiry(previouslyModified: Date, lifetime: number): string {
  const last = Math.ceil(previouslyModified.getTime() / 1000) + lifetime
  const now = Date.now()
  const hasExpired = last * 1000 <= now
  const start = `If it last minted before the previous change of this file, its last URL ${hasExpired ? 'expired' : 'expires'}`
  const end = hasExpired ? '' : ' Until then, URLs that have not expired are rejected.'
  return `${start} ${formatTimestamp(last, now)}.${end}`
}

function formatStep(step: string, keysFile: string, id: string): string {
  return `hookurl keys ${step} --keys-file ${quoteForShell(keysFile)} --id ${id}`
}
