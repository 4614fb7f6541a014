import { HookurlError, isHookurlError } from '@hookurl/core'
import { sanitizeLogLine, sanitizeLogLines } from '@hookurl/core/internal'
import { exitCodes } from './exit-codes.ts'

/** What is printed about an error, and the exit code. */
export interface ErrorReport {
  readonly code: string
  readonly message: string
  readonly fix: string
  readonly exit: number
}

/** A standard stream that cannot be written to. */
export class OutputError extends Error {
  readonly fix: string

  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}

// The library's error messages name options, which become flags here. A name after a dot belongs to a path in the
// content.
const flagPatterns: readonly (readonly [RegExp, string])[] = [
  [/(?<![.\w-])redirectHosts\b/g, '--redirect-host'],
  [/(?<![.\w-])tokenFormat: '(\w+)'/g, '--token-format $1'],
  [/\bset allowInsecure: true/g, 'pass --allow-insecure'],
  [/\bthe option uses is not set/g, '--uses-dir is not set'],
  [/^Set uses to a use store\.$/g, 'Pass --uses-dir with a folder.'],
  [
    /(?<![.\w-])(?:baseUrl|userId|redirectTo|expiresIn|expiresAt|notBefore|allowGet|requireSignature|requireUser|issuedAt|tokenIn|tokenFormat|maxUrlLength|maxUses)\b/g,
    '--$&',
  ],
  [/(?<![\w-])(?:command|content|id)(?= must be)|(?<=^\w+ )(?:command|content|id)(?=\.$)/g, '--$&'],
]

const MAX_CAUSES = 10
// A key without its prefix, a derived key, or a part of a token.
const secretLike = /(?<![\w-])[\w-]{40,}(?![\w-])/g

/**
 * Formats the stack of an error and of its causes, without keys and tokens. The other members of an error are left out:
 * they can contain keys as bytes.
 */
export function formatStack(error: unknown): string {
  const stacks: string[] = []
  const pending: unknown[] = [error]
  while (pending.length > 0 && stacks.length < MAX_CAUSES) {
    const current = pending.shift()
    const stack = current instanceof Error ? (current.stack ?? String(current)) : String(current)
    stacks.push(stacks.length === 0 ? stack : `Caused by: ${stack}`)
    if (!(current instanceof Error)) continue
    if (current.cause !== undefined) pending.push(current.cause)
    if (current instanceof AggregateError) pending.push(...current.errors)
  }
  return removeSecrets(sanitizeLogLines(stacks.join('\n')))
}

function removeSecrets(text: string): string {
  return text.replace(secretLike, '[removed]')
}

/** Maps an error to its report: a usage error, an error of the library with its code, or an unexpected error. */
export function toErrorReport(error: unknown, command: string | undefined): ErrorReport {
  if (isHookurlError(error)) return reportHookurlError(error)
  if (error instanceof OutputError) {
    return { code: 'output_failed', message: error.message, fix: error.fix, exit: exitCodes.unavailable.exit }
  }
  if (isCommanderError(error)) return reportUsageError(error.message, command)
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'unexpected',
    message: removeSecrets(sanitizeLogLine(message)),
    fix: 'Run the command again with HOOKURL_DEBUG=1 to see where the error occurred.',
    exit: exitCodes.unexpected.exit,
  }
}

function reportHookurlError({ code, message, fix, exit }: HookurlError): ErrorReport {
  return { code, message: sanitizeLogLine(toFlags(message)), fix: sanitizeLogLine(toFlags(fix)), exit }
}

function toFlags(text: string): string {
  const withFlags = flagPatterns.reduce((result, [pattern, flag]) => result.replace(pattern, flag), text)
  return withFlags.replace(/--[a-z]+[A-Z]\w+/g, (flag) =>
    flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  )
}

// Checks the code, not the class, because commander is loaded only when a command line is parsed.
function isCommanderError(error: unknown): error is Error {
  return error instanceof Error && String(Reflect.get(error, 'code')).startsWith('commander.')
}

/** The settings that a flag or a variable can set. */
interface SettingFlags {
  readonly baseUrl?: unknown
  readonly purpose?: unknown
}

/** Names what set a rejected setting: its flag, or its variable if the flag was not passed. */
export function nameSettings(error: unknown, { baseUrl, purpose }: SettingFlags): unknown {
  if (!isHookurlError(error) || error.code !== 'invalid_option') return error
  const rename = (text: string): string =>
    text
      .replace(/(?<![.\w-])baseUrl\b/g, baseUrl === undefined ? 'HOOKURL_BASE_URL' : '$&')
      .replace(/^purpose(?= must be)/, purpose === undefined ? 'HOOKURL_PURPOSE' : '--purpose')
  const { code, message, fix, exit } = error
  return new HookurlError(code, { message: rename(message), fix: rename(fix), exit, cause: error })
}

function reportUsageError(text: string, command: string | undefined): ErrorReport {
  const [first = '', suggestion] = text.replace(/^error: /, '').split('\n')
  // Commander reports a missing command this way.
  if (first === '(outputHelp)') return reportUsageError('a command is missing', command)
  const help = `See \`hookurl ${command === undefined ? '' : `${command} `}--help\`.`
  const choice = unknownChoice.exec(first)?.groups
  const [message, fix] = choice === undefined ? [first.replace(/\.$/, ''), help] : describeChoice(choice)
  const ownFix = unknownRotation.test(first) ? rotationFix : suggestion?.replace(/^\(|\)$/g, '')
  return {
    code: 'invalid_option',
    message: sanitizeLogLine(message),
    fix: sanitizeLogLine(ownFix ?? fix),
    exit: exitCodes.usage.exit,
  }
}

// The most similar command would be `keys retire`, which is the last step.
const unknownRotation = /^unknown command '(?:keys-?)?(?:rotate|rotation)'$/
const rotationFix =
  'To rotate a key, run `hookurl keys add`, then `hookurl keys promote`, then `hookurl keys retire`. Each prints what to wait for.'

const unknownChoice =
  /^(?:option|command-argument value) '?(?<name>[^']*?)'? (?:argument '(?<value>.*)' )?is invalid(?: for argument '(?<argument>[^']*)')?\. Allowed choices are (?<choices>.*?)\.?$/

function describeChoice(choice: Record<string, string | undefined>): [message: string, fix: string] {
  const { name = '', value = name, argument, choices = '' } = choice
  const known = choices.split(', ')
  const similar = known.length <= FEW_CHOICES ? undefined : findSimilar(value, known)
  const label = argument ?? name.replace(/^-\w, /, '').replace(/ .*/, '')
  return [
    `${label} has no choice '${value}'`,
    similar === undefined ? `Use one of: ${choices}.` : `Did you mean ${similar}?`,
  ]
}

const FEW_CHOICES = 5

/** Finds the known word that a typo most likely stands for. */
export function findSimilar(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((each) => ({ each, distance: getEditDistance(word.toLowerCase().slice(0, 64), each.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.each.length / 3)) ? best.each : undefined
}

// The Damerau–Levenshtein distance: insertions, deletions, substitutions and swaps of neighbors.
function getEditDistance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_each, index) => index)]
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const cost = one[i - 1] === other[j - 1] ? 0 : 1
      const above = rows[i - 1] as number[]
      let distance = Math.min((row[j - 1] as number) + 1, (above[j] as number) + 1, (above[j - 1] as number) + cost)
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      if (isSwap) distance = Math.min(distance, (rows[i - 2]?.[j - 2] as number) + 1)
      row.push(distance)
    }
    rows.push(row)
  }
  return rows[one.length]?.[other.length] as number
}
