import { statSync } from 'node:fs'
import { createMinter, generateKey, inspect, isHookurlError, type Key } from '@hookurl/core'
import type { Output } from '../io/output.ts'
import { toErrorReport } from '../io/report-error.ts'
import { defaultBaseUrl, findSettings, type KeyFlags, type Settings } from '../keys/load.ts'
import { type Finding, probe } from './probe.ts'

/** What was found out, and about what. */
export interface Check extends Finding {
  readonly check: string
}

interface Flags extends KeyFlags {
  probe?: true
}

const oldestNode = [20, 19] as const
const shortLimit = 255
const longLimit = 2048
// Enough for a command, a user, a word of content and an expiry.
const usualClaims = 110

/** Looks at everything that a deployment needs. */
export async function runChecks(flags: Flags, output: Output): Promise<Check[]> {
  const { settings, problem } = await findKeys(flags, output)
  const baseUrl = settings?.baseUrl ?? flags.baseUrl ?? process.env.HOOKURL_BASE_URL
  const url = parse(baseUrl ?? defaultBaseUrl)
  const checks: Check[] = [{ check: 'Node.js', ...checkNode(process.versions.node) }]
  if (problem !== undefined) checks.push({ check: 'keys', ...problem })
  if (settings !== undefined) checks.push(...checkKeys(settings))
  checks.push({ check: 'base URL', ...checkBaseUrl(baseUrl) })
  const room = url === undefined ? undefined : measureRoom(url.href)
  if (room !== undefined) checks.push({ check: 'length', ...checkRoom(room) })
  const probed = flags.probe === true && url !== undefined ? await probe(url) : undefined
  if (probed !== undefined) checks.push({ check: 'reachable', ...probed.reachable })
  checks.push({ check: 'clock', ...(probed?.clock ?? checkClock(new Date())) })
  return checks
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])
  if (!isOld) return { state: 'ok', message: version }
  return { state: 'wrong', message: `${version} is too old`, fix: `Install Node.js ${oldestNode.join('.')} or newer.` }
}

async function findKeys(flags: Flags, output: Output): Promise<{ settings?: Settings; problem?: Finding }> {
  try {
    const settings = await findSettings(flags, output)
    if (settings !== undefined) return { settings }
    return {
      problem: { state: 'wrong', message: 'there is no key', fix: 'Set HOOKURL_KEYS; `hookurl keys new` makes a key.' },
    }
  } catch (error) {
    if (!isHookurlError(error)) throw error
    const { message, fix } = toErrorReport(error, 'doctor')
    return { problem: { state: 'wrong', message, fix } }
  }
}

function checkKeys({ parsedKeys, isDevelopment, source, path }: Settings): Check[] {
  const count = parsedKeys.length === 1 ? '1 key' : `${parsedKeys.length} keys, none twice`
  const checks: Check[] = parsedKeys.filter(isGuessable).map(({ index }) => ({
    check: 'keys',
    state: 'wrong',
    message: `key ${index + 1} of ${parsedKeys.length} is not random: it can be guessed`,
    fix: 'Make one with `hookurl keys new`, and retire this one.',
  }))
  const source = `${count}, from ${source}`
  checks.unshift(
    isDevelopment
      ? {
          check: 'keys',
          state: 'warning',
          message: `the development key of this machine, ${source}`,
          fix: 'Set HOOKURL_KEYS before you deploy; `hookurl keys new` makes a key.',
        }
      : { check: 'keys', state: 'ok', message: source },
  )
  if (path !== undefined && process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    checks.push({
      check: 'keys',
      state: 'warning',
      message: `others on this machine can read ${path}`,
      fix: 'Take that from them: chmod 600.',
    })
  }
  return checks
}

// 32 random bytes have fewer than 20 different ones about once in 10^10, and no steady step from one to the next.
function isGuessable({ secret }: Key): boolean {
  const steps = secret.slice(1).map((byte, index) => byte - (secret[index] as number))
  return new Set(secret).size < 20 || new Set(steps).size < 10
}

function checkBaseUrl(baseUrl: string | undefined): Finding {
  if (baseUrl === undefined) {
    const fix = 'Set HOOKURL_BASE_URL to where your receiver is: https://bot.example.com/hooks.'
    return { state: 'warning', message: `not set: URLs point to ${defaultBaseUrl}`, fix }
  }
  const problem = findBaseProblem(baseUrl)
  if (problem !== undefined) return problem
  const { protocol, hostname } = new URL(baseUrl)
  if (/^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    return { state: 'warning', message: `${baseUrl}: only this machine reaches it`, fix: 'Set the public address.' }
  }
  if (protocol === 'https:') return { state: 'ok', message: baseUrl }
  return { state: 'wrong', message: `${baseUrl} is not https: whoever listens can use the URLs`, fix: 'Use https.' }
}

function findBaseProblem(baseUrl: string): Finding | undefined {
  try {
    createMinter({ keys: generateKey(), baseUrl, expiresIn: '1d' })
    return undefined
  } catch (error) {
    if (!isHookurlError(error)) throw error
    const { message, fix } = toErrorReport(error, 'doctor')
    return { state: 'wrong', message, fix }
  }
}

function parse(baseUrl: string): URL | undefined {
  return findBaseProblem(baseUrl) === undefined ? new URL(baseUrl) : undefined
}

/** How many characters everything but the claims takes, as a negative number. */
function measureRoom(baseUrl: string): number {
  const minter = createMinter({ keys: generateKey(), baseUrl, expiresIn: '1d', maxUrlLength: 100_000 })
  const { input, claims } = inspect(minter.mintSync({ command: 'a' })).lengths
  return claims - input
}

function checkRoom(room: number): Finding {
  const [short, long] = [shortLimit + room, longLimit + room]
  const message = `${Math.max(short, 0)} characters left for claims up to ${shortLimit}, ${Math.max(long, 0)} up to 2,048`
  if (long < usualClaims) return { state: 'wrong', message, fix: 'Shorten the base URL.' }
  if (short >= usualClaims) return { state: 'ok', message }
  return {
    state: 'warning',
    message,
    fix: 'Shorten the base URL, or mint with --token-format short, where services cut URLs.',
  }
}

function checkClock(now: Date): Finding {
  const message = now.toISOString()
  // The first release: a clock before it was never set.
  if (now.getTime() >= Date.UTC(2026, 0, 1)) return { state: 'ok', message: `${message} (--probe compares it)` }
  return { state: 'wrong', message: `${message} has long passed`, fix: 'Set the clock (NTP): expiry depends on it.' }
}
