import { fstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { type DeriveJwkOptions, deriveJwk, generateKey, HookurlError, type Key, parseKeys } from '@hookurl/core'
import { type Command, Option } from 'commander'
import { escapeControlChars, quoteForShell, toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags } from '../io/flags.ts'
import { formatColumns } from '../io/format-claims.ts'
import type { Output } from '../io/output.ts'
import { getProgramName } from '../io/program-name.ts'
import { addFirstKey } from '../keys/keyring-file.ts'
import { findSettings, type KeyFlags, loadSettings } from '../keys/load.ts'
import { addKey, getFingerprint, promoteKey, retireKey, type StepFlags, type StepResult } from '../keys/rotate.ts'

const examples = {
  keys: ['hookurl keys new --keys-file .env', 'hookurl keys list'],
  new: ['hookurl keys new', 'hookurl keys new --keys-file .env --id k1'],
  list: ['hookurl keys list', 'hookurl keys list --keys-file keys.txt --json'],
  add: ['hookurl keys add --keys-file keys.txt', 'hookurl keys add --keys-file .env --id k2'],
  promote: ['hookurl keys promote --keys-file keys.txt', 'hookurl keys promote --keys-file .env --id k2'],
  retire: [
    'hookurl keys retire --keys-file keys.txt --max-lifetime 30d',
    'hookurl keys retire --keys-file .env --id k1 --now    # the key leaked',
  ],
  jwk: [
    'hookurl keys jwk',
    'hookurl keys jwk --purpose billing | head -n 1 > jwk.json',
    'hookurl keys jwk --for state',
  ],
}

interface JwkFlags extends KeyFlags {
  for?: 'state' | 'signature'
}

/** What someone who has a derived key can do, by its use. */
const abilities: Readonly<Record<NonNullable<DeriveJwkOptions['for']>, string>> = {
  token: 'mint',
  state: 'guess the states of URLs',
  signature: 'sign requests',
}

interface NewFlags {
  id?: string
  keysFile?: string
}

const newHelp = `
A new file is readable by its owner only. If the file is named like .env, a line HOOKURL_KEYS=… is
appended to it; any other file contains only keys.`

export function define(command: Command, output: Output): void {
  addHelp(command, examples.keys)

  const newKey = command.command('new').description('create a key')
  newKey
    .option('--id <id>', 'key ID: 1 to 16 characters of A–Z, a–z, 0–9, _ and -')
    .option('--keys-file <path>', 'add it to this file, which must not have keys yet, instead of printing it')
    .addHelpText('after', newHelp)
    .action((flags: NewFlags) => createKey(flags, output))
  addHelp(newKey, examples.new)

  const list = command.command('list').description('list IDs and fingerprints; keys are never shown')
  list.action((flags: KeyFlags) => listKeys(flags, output))
  addHelp(addKeyFlags(list), examples.list)

  defineRotation(command, output)

  const jwk = command.command('jwk').description('print the derived signing keys, for JWT libraries in other languages')
  jwk
    .addOption(
      new Option('--for <use>', 'print the keys for state hashes or signing secrets instead').choices([
        'state',
        'signature',
      ]),
    )
    .action((flags: JwkFlags) => printJwks(flags, output))
  addHelp(addKeyFlags(jwk), examples.jwk)
}

const steps = [
  {
    name: 'add',
    description: 'rotation step 1: add a new key (verify only)',
    run: addKey,
    idHelp: 'ID of the new key',
  },
  {
    name: 'promote',
    description: 'rotation step 2: mint with the new key',
    run: promoteKey,
    idHelp: 'ID or fingerprint of the key (default: the added one)',
  },
  {
    name: 'retire',
    description: 'rotation step 3: remove the old key',
    run: retireKey,
    idHelp: 'ID or fingerprint of the key (default: the last one that minted)',
  },
] as const

const fileHelp = `
The file contains only keys, or is an .env file with a line HOOKURL_KEYS=…. It is replaced
atomically, and keeps its mode and owner. Comments in it record when each key was added, last minted
and was removed, so repeating a step changes nothing. Prints what to deploy before the next step on
stderr.`

const retireHelp = `
One of --max-lifetime and --now is required, unless the file records that the key has never minted.`

function defineRotation(command: Command, output: Output): void {
  for (const { name, description, run, idHelp } of steps) {
    const step = command.command(name).description(description)
    step.requiredOption('--keys-file <path>', 'keyring file (required)').option('--id <id>', idHelp)
    if (name === 'retire') {
      step.option('--max-lifetime <duration>', 'longest lifetime of its URLs: fails until the last one has expired')
      step.option('--now', 'remove a leaked key immediately; its URLs are then rejected')
      step.addHelpText('after', retireHelp)
    }
    step.addHelpText('after', fileHelp).action(async (flags: StepFlags) => printStep(await run(flags), output))
    addHelp(step, examples[name])
  }
}

function printStep({ keys, notes }: StepResult, output: Output): void {
  notes.forEach(output.note)
  printKeys(keys, output)
}

async function createKey({ id, keysFile }: NewFlags, output: Output): Promise<void> {
  const text = generateKey({ id })
  const key = parseKeys(text)[0] as Key
  if (keysFile !== undefined) {
    await addFirstKey(keysFile, text)
    output.note(`Added a key to ${escapeControlChars(keysFile)}. Keep the file out of version control.`)
    noteNextStep(keysFile, output)
    printKeys([key], output)
    return
  }
  if (process.stdout.isTTY) {
    output.note('This is a secret: keep it out of version control and logs.')
    output.note(`To add a key to a file instead of printing it: ${getProgramName()} keys new --keys-file .env`)
  }
  output.print(output.json ? toJson({ key: text, id, fingerprint: getFingerprint(key) }) : formatAssignment(text))
}

function noteNextStep(keysFile: string, output: Output): void {
  const flag = isDotEnv(keysFile) ? '' : ` --keys-file ${quoteForShell(keysFile)}`
  output.note(`Next: ${getProgramName()} mint${flag} --command /onWebhook`)
}

// The commands read ./.env by themselves.
function isDotEnv(path: string): boolean {
  return resolve(path) === resolve('.env')
}

// `>> .env` may continue a file that does not end with a line break, which would make the line part of the last one.
function formatAssignment(text: string): string {
  const { stdout } = process
  const stats = stdout.fd === 1 && !stdout.isTTY ? fstatSync(1) : undefined
  const glue = stats?.isFile() === true && stats.size > 0 ? '\n' : ''
  return `${glue}HOOKURL_KEYS=${text}`
}

async function listKeys(flags: KeyFlags, output: Output): Promise<void> {
  const settings = await findSettings(flags, output)
  if (settings === undefined) throw new HookurlError('invalid_key', { message: 'no key is set' })
  printKeys(settings.parsedKeys, output)
}

function printKeys(keys: readonly Key[], output: Output): void {
  const rows = keys.map((key) => ({
    index: key.index,
    id: key.id,
    fingerprint: getFingerprint(key),
    mints: key.index === 0,
  }))
  if (output.json) {
    for (const row of rows) output.print(toJson(row))
    return
  }
  const lines = rows.map(({ fingerprint, id, mints }) => {
    const role = mints ? 'mints and verifies' : 'verifies'
    return [fingerprint, `${role}${id === undefined ? '' : `  ${id}`}`] as const
  })
  formatColumns(lines).forEach(output.print)
}

async function printJwks({ for: use, ...flags }: JwkFlags, output: Output): Promise<void> {
  const { parsedKeys, purpose } = await loadSettings(flags, output)
  const jwks = await Promise.all(parsedKeys.map((key) => deriveJwk(key, purpose, { for: use })))
  output.note(`These are secrets: anyone who has one can ${abilities[use ?? 'token']}.`)
  for (const jwk of jwks) output.print(toJson(jwk))
}
