import { deriveJwk, generateKey, HookurlError, type Key, parseKeys } from '@hookurl/core'
import type { Command } from 'commander'
import { toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags } from '../io/flags.ts'
import { formatColumns } from '../io/format-claims.ts'
import type { Output } from '../io/output.ts'
import { findSettings, type KeyFlags, loadSettings } from '../keys/load.ts'
import { add, fingerprint, promote, retire, type Step, type StepFlags } from '../keys/rotate.ts'

const examples = {
  keys: ['hookurl keys new >> .env', 'hookurl keys list'],
  new: ['hookurl keys new', 'hookurl keys new --id k2 >> .env'],
  list: ['hookurl keys list', 'hookurl keys list --keys-file keys.txt --json'],
  add: ['hookurl keys add --file keys.txt', 'hookurl keys add --file .env --id k2'],
  promote: ['hookurl keys promote --file keys.txt', 'hookurl keys promote --file .env --id k2'],
  retire: ['hookurl keys retire --file keys.txt --max-lifetime 30d', 'hookurl keys retire --file .env --id k1'],
  jwk: ['hookurl keys jwk', 'hookurl keys jwk --purpose billing | head -n 1 > jwk.json'],
}

export function define(command: Command, output: Output): void {
  addHelp(command, examples.keys)

  const newKey = command.command('new').description('make a key')
  newKey
    .option('--id <id>', 'name it: 1 to 16 characters of A–Z, a–z, 0–9, _ and -')
    .action((flags: { id?: string }) => make(flags, output))
  addHelp(newKey, examples.new)

  const show = command.command('list').description('show ids and fingerprints, never a key')
  show.action((flags: KeyFlags) => list(flags, output))
  addHelp(addKeyFlags(show), examples.list)

  defineRotation(command, output)

  const jwk = command.command('jwk').description("print derived signing keys for other languages' JWT libraries")
  jwk.action((flags: KeyFlags) => printJwks(flags, output))
  addHelp(addKeyFlags(jwk), examples.jwk)
}

const steps = [
  {
    name: 'add',
    summary: 'step 1 of a rotation: put a new key second in a file',
    run: add,
    id: 'the id of the new key',
  },
  { name: 'promote', summary: 'step 2: make it the first, which mints', run: promote, id: 'the key' },
  { name: 'retire', summary: 'step 3: drop the old one', run: retire, id: 'the key' },
] as const

const fileHelp = `
The file holds keys only, or a line HOOKURL_KEYS=… among others. It is replaced in one step, with
its mode. What must be rolled out before the next step is said on stderr.`

function defineRotation(command: Command, output: Output): void {
  for (const { name, summary, run, id } of steps) {
    const step = command.command(name).description(summary).requiredOption('--file <path>', 'the file of the keyring')
    step.option('--id <id>', name === 'add' ? id : `${id}, by id or fingerprint, where it is not the usual one`)
    if (name === 'retire')
      step.option('--max-lifetime <duration>', 'how long its URLs live: says when the last expires')
    step.addHelpText('after', fileHelp).action((flags: StepFlags) => tellStep(run(flags), output))
    addHelp(step, examples[name])
  }
}

function tellStep({ keys, notes }: Step, output: Output): void {
  notes.forEach(output.note)
  tellKeys(keys, output)
}

function make({ id }: { id?: string }, output: Output): void {
  const text = generateKey({ id })
  const key = parseKeys(text)[0] as Key
  if (process.stdout.isTTY) output.note('This is a secret: keep it out of version control and out of logs.')
  output.print(output.json ? toJson({ key: text, id, fingerprint: fingerprint(key) }) : `HOOKURL_KEYS=${text}`)
}

async function list(flags: KeyFlags, output: Output): Promise<void> {
  const settings = await findSettings(flags, output)
  if (settings === undefined) throw new HookurlError('invalid_key', { message: 'there is no key' })
  tellKeys(settings.parsed, output)
}

function tellKeys(keys: readonly Key[], output: Output): void {
  const rows = keys.map((key) => ({
    index: key.index,
    id: key.id,
    fingerprint: fingerprint(key),
    mints: key.index === 0,
  }))
  if (output.json) {
    for (const row of rows) output.print(toJson(row))
    return
  }
  const lines = rows.map(({ fingerprint, id, mints }) => {
    const work = mints ? 'mints and verifies' : 'verifies'
    return [fingerprint, `${work}${id === undefined ? '' : `  ${id}`}`] as const
  })
  formatColumns(lines).forEach(output.print)
}

async function printJwks(flags: KeyFlags, output: Output): Promise<void> {
  const { parsed, purpose } = await loadSettings(flags, output)
  const jwks = await Promise.all(parsed.map((key) => deriveJwk(key, purpose)))
  output.note('These are secrets: whoever has one can mint.')
  for (const jwk of jwks) output.print(toJson(jwk))
}
