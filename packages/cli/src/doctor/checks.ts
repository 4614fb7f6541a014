import { createMinter, generateKey, inspect, isHookurlError, type Key } from '@hookurl/core'
import { LONG_URL_LIMIT, SHORT_URL_LIMIT } from '@hookurl/presentation/url-limits'
import type { Output } from '../io/output.ts'
import { nameSettings, toErrorReport } from '../io/report-error.ts'
import { findPermissionProblem } from '../keys/development-key.ts'
import {
  defaultBaseUrl,
  findSettings,
  getInsecureOption,
  type InsecureOption,
  type KeyFlags,
  type Settings,
} from '../keys/load.ts'
import { type Finding, probe } from './probe.ts'

/** A finding and what was checked. */
export interface Check extends Finding {
  readonly check: string
}

export interface DoctorFlags extends KeyFlags {
  probe?: true
}

const OLDEST_NODE = [20, 19] as const
// The length of claims with a command, a user, one word of content and an expiration time.
const TYPICAL_CLAIMS_LENGTH = 110

/** Runs every check. Nothing is created or changed. */
export async function runChecks(flags: DoctorFlags, output: Output): Promise<Check[]> {
  const { settings, problem } = await loadKeys(flags, output)
  const baseUrl = settings?.baseUrl ?? flags.baseUrl ?? process.env.HOOKURL_BASE_URL
  const insecure = getInsecureOption(flags)
  const url = parseBaseUrl(baseUrl ?? defaultBaseUrl, flags)
  const checks: Check[] = [{ check: 'Node.js', ...checkNodeVersion(process.versions.node) }]
  if (problem !== undefined) checks.push({ check: 'keys', ...problem })
  if (settings !== undefined) checks.push(...checkKeys(settings))
  checks.push({ check: 'base URL', ...checkBaseUrl(baseUrl, flags) })
  if (url !== undefined) checks.push({ check: 'length', ...checkUrlLength(url, insecure) })
  const probed = flags.probe === true && url !== undefined ? await probe(url) : undefined
  if (probed !== undefined) checks.push({ check: 'reachable', ...probed.reachable })
  checks.push({ check: 'clock', ...(probed?.clock ?? checkLocalClock(new Date())) })
  return checks
}

function checkNodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isTooOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
  if (!isTooOld) return { state: 'ok', message: version }
  return { state: 'error', message: `${version} is too old`, fix: `Install Node.js ${OLDEST_NODE.join('.')} or newer.` }
}

async function loadKeys(flags: DoctorFlags, output: Output): Promise<{ settings?: Settings; problem?: Finding }> {
  try {
    const settings = await findSettings(flags, output)
    if (settings !== undefined) return { settings }
    const fix = 'Set HOOKURL_KEYS; `hookurl keys new` creates a key.'
    return { problem: { state: 'error', message: 'there is no key', fix } }
  } catch (error) {
    return { problem: toFinding(error) }
  }
}

/** Converts one of hookurl's errors; any other is thrown again. */
function toFinding(error: unknown, flags: DoctorFlags = {}): Finding {
  if (!isHookurlError(error)) throw error
  const { message, fix } = toErrorReport(nameSettings(error, flags), 'doctor')
  return { state: 'error', message, fix }
}

function checkKeys({ parsedKeys, isDevelopment, keySource, path }: Settings): Check[] {
  const checks = [isDevelopment ? warnOfDevelopmentKey(keySource) : countKeys(parsedKeys, keySource)]
  for (const { index } of parsedKeys.filter(looksNonRandom)) {
    checks.push({
      state: 'error',
      message: `key ${index + 1} of ${parsedKeys.length} is not random: it can be guessed`,
      fix: 'Create one with `hookurl keys new`, and retire this one.',
    })
  }
  const problem = path === undefined ? undefined : findPermissionProblem(path)
  if (problem !== undefined) checks.push({ state: 'warning', ...problem })
  return checks.map((finding) => ({ check: 'keys', ...finding }))
}

function warnOfDevelopmentKey(keySource: string): Finding {
  return {
    state: 'warning',
    message: `this machine's development key, ${keySource}`,
    fix: 'Set HOOKURL_KEYS before you deploy; `hookurl keys new` creates a key.',
  }
}

function countKeys({ length }: readonly Key[], keySource: string): Finding {
  return { state: 'ok', message: `${length === 1 ? '1 key' : `${length} keys, no duplicates`}, from ${keySource}` }
}

// 32 random bytes have fewer than 20 distinct values about once in 10^10; a counter has few distinct differences.
function looksNonRandom({ secret }: Key): boolean {
  const differences = secret.slice(1).map((byte, index) => byte - (secret[index] as number))
  return new Set(secret).size < 20 || new Set(differences).size < 10
}

function checkBaseUrl(baseUrl: string | undefined, flags: DoctorFlags): Finding {
  if (baseUrl === undefined) {
    const fix = 'Set HOOKURL_BASE_URL to the URL of your receiver: https://bot.example.com/hooks.'
    return { state: 'warning', message: `not set: URLs point to ${defaultBaseUrl}`, fix }
  }
  const problem = findBaseUrlProblem(baseUrl, flags)
  if (problem !== undefined) return problem
  const { protocol, hostname } = new URL(baseUrl)
  if (/^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    return { state: 'warning', message: `${baseUrl}: only this machine can reach it`, fix: 'Set the public URL.' }
  }
  if (protocol === 'https:') return { state: 'ok', message: baseUrl }
  // A private network, or --allow-insecure.
  return {
    state: 'warning',
    message: `${baseUrl} is not https: anyone on the network can read the URLs`,
    fix: 'Use https.',
  }
}

function findBaseUrlProblem(baseUrl: string, flags: DoctorFlags): Finding | undefined {
  try {
    createMinter({ keys: generateKey(), baseUrl, expiresIn: '1d', ...getInsecureOption(flags) })
    return undefined
  } catch (error) {
    return toFinding(error, flags)
  }
}

function parseBaseUrl(baseUrl: string, flags: DoctorFlags): URL | undefined {
  return findBaseUrlProblem(baseUrl, flags) === undefined ? new URL(baseUrl) : undefined
}

function checkUrlLength(baseUrl: URL, insecure: InsecureOption): Finding {
  const overhead = measureOverhead(baseUrl, insecure)
  const short = SHORT_URL_LIMIT - overhead
  const long = LONG_URL_LIMIT - overhead
  const limits = [SHORT_URL_LIMIT, LONG_URL_LIMIT].map((limit) => limit.toLocaleString('en-US'))
  const message = `${Math.max(short, 0)} characters left for claims up to ${limits[0]}, ${Math.max(long, 0)} up to ${limits[1]}`
  if (long < TYPICAL_CLAIMS_LENGTH) return { state: 'error', message, fix: 'Shorten the base URL.' }
  if (short >= TYPICAL_CLAIMS_LENGTH) return { state: 'ok', message }
  return {
    state: 'warning',
    message,
    fix: 'Shorten the base URL, or mint with --token-format short for services that truncate URLs.',
  }
}

/** Measures how many characters of a hook URL are not claims. */
function measureOverhead({ href }: URL, insecure: InsecureOption): number {
  const options = { keys: generateKey(), baseUrl: href, expiresIn: '1d', maxUrlLength: 100_000, ...insecure } as const
  const minter = createMinter(options)
  const { input, claims } = inspect(minter.mintSync({ command: 'a' })).lengths
  return input - claims
}

function checkLocalClock(now: Date): Finding {
  const message = now.toISOString()
  // hookurl's first release: an earlier time means that the clock was never set.
  if (now.getTime() >= Date.UTC(2026, 0, 1)) return { state: 'ok', message: `${message} (compare it with --probe)` }
  return { state: 'error', message: `${message} is in the past`, fix: 'Set the clock (NTP): expiration depends on it.' }
}
