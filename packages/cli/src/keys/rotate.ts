import { createHash } from 'node:crypto'
import { generateKey, type Key } from '@hookurl/core'
import { invalidOption, parseDuration } from '@hookurl/core/internal'
import { formatTimestamp } from '../io/parse-timestamp.ts'
import { type Changed, type KeyEntry, updateKeyringFile } from './keyring-file.ts'

/** What a step of a rotation is told. */
export interface StepFlags {
  keysFile: string
  id?: string
  maxLifetime?: string
}

/** What a step came to: the keys that are there now, and what is to be known and done before the next step. */
export interface Step extends Changed {
  readonly notes: readonly string[]
}

/** Puts a new key second: it verifies and does not mint yet. */
export function add({ keysFile, id }: StepFlags): Step {
  const text = generateKey({ id })
  const changed = updateKeyringFile(keysFile, (entries) => {
    const [first = '', ...rest] = entries.map((entry) => entry.text)
    return [first, text, ...rest]
  })
  const name = nameOf(changed.keys[1] as Key)
  return {
    ...changed,
    notes: [
      `Added ${name}: it verifies, and does not mint yet.`,
      `Next: roll this file out wherever URLs are verified. Then: ${command('promote', { file, id: name })}`,
    ],
  }
}

/** Makes the key that was added, or the one that is named, the first: it mints. */
export function promote({ keysFile, id }: StepFlags): Step {
  let previous = ''
  const changed = updateKeyringFile(keysFile, (entries) => {
    const index = find(entries, {
      id,
      otherwise: 1,
      missing: 'there is one key only',
      fix: '`hookurl keys add` first.',
    })
    previous = nameOf((entries[0] as KeyEntry).key)
    const texts = entries.map(({ text }) => text)
    return [texts[index] as string, ...texts.filter((_text, other) => other !== index)]
  })
  const name = nameOf(changed.keys[0] as Key)
  if (name === previous) return { ...changed, notes: [`${name} mints already: nothing was changed.`] }
  return {
    ...changed,
    notes: [
      `Promoted ${name}: it mints now; ${previous} only verifies.`,
      'Next: roll this file out wherever URLs are minted, and wait until the last URL of the old key has expired.',
      `Then: ${command('retire', { file, id: previous })}`,
    ],
  }
}

/** Drops the last key, or the one that is named; never the one that mints. */
export function retire({ keysFile, id, maxLifetime }: StepFlags): Step {
  const lifetime = maxLifetime === undefined ? undefined : parseDuration(toDuration(maxLifetime), '--max-lifetime')
  let name = ''
  const changed = updateKeyringFile(keysFile, (entries) => {
    const missing = 'there is one key only, and it mints'
    const fix = '`hookurl keys add` and `hookurl keys promote` first.'
    const index = find(entries, { id, otherwise: entries.length - 1, missing, fix })
    name = nameOf((entries[index] as KeyEntry).key)
    if (index === 0) throw invalidOption(`${name} is the key that mints`, 'Promote another one first.')
    return entries.filter((_entry, other) => other !== index).map(({ text }) => text)
  })
  return {
    ...changed,
    notes: [
      `Dropped ${name}.`,
      lifetime === undefined
        ? 'Its URLs that have not expired are refused wherever this file is rolled out.'
        : tellLast(changed.before, lifetime),
      'Next: roll this file out wherever URLs are verified.',
    ],
  }
}

/** Names a key without showing it. */
export function fingerprint({ secret }: Key): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 12)
}

function nameOf(key: Key): string {
  return key.id ?? fingerprint(key)
}

interface Search {
  readonly id: string | undefined
  /** Which one it is where none is named. */
  readonly otherwise: number
  readonly missing: string
  readonly fix: string
}

function find(entries: readonly KeyEntry[], { id, otherwise, missing, fix }: Search): number {
  if (entries.length < 2 && id === undefined) throw invalidOption(missing, fix)
  if (id === undefined) return otherwise
  const byId = entries.findIndex(({ key }) => key.id === id)
  const index = byId < 0 ? entries.findIndex(({ key }) => fingerprint(key) === id) : byId
  if (index >= 0) return index
  const names = entries.map(({ key }) => nameOf(key)).join(', ')
  throw invalidOption('--id names none of the keys of the file', `Its keys, by id or fingerprint: ${names}.`)
}

// Until the file was last changed, which was when another key was promoted, the old one may have minted.
function tellLast(changed: Date, lifetime: number): string {
  const last = Math.ceil(changed.getTime() / 1000) + lifetime
  const now = Date.now()
  const verb = last * 1000 <= now ? 'has expired' : 'expires'
  const start = `If it last minted when this file was changed before, its last URL ${verb} ${formatTimestamp(last, now)}`
  return last * 1000 <= now ? `${start}.` : `${start}: until then, some are refused that are still good.`
}

function toDuration(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text
}

function command(step: string, { file, id }: { file: string; id: string }): string {
  const path = /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`
  return `hookurl keys ${step} --file ${path} --id ${id}`
}
