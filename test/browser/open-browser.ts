import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserServer, chromium, type Page } from 'playwright-core'
import { findProgram } from '../../tools/setup/programs.js'

/** The path of the system's Chromium, if it is installed. */
export const chromiumPath: string | undefined = findProgram('chromium')

// Without these, Chromium contacts servers of its vendor.
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

// Launching takes two seconds of processor time, so the test files of a process share a browser. It ends with the process,
// which Vitest ends; it would keep any other program running.
let server: Promise<BrowserServer> | undefined

/**
 * Connects to a browser, or launches one; closing it closes its pages. `hosts` maps host names (port 443) to local ports,
 * in a browser of its own.
 */
export async function openBrowser(hosts?: Readonly<Record<string, number>>): Promise<Browser> {
  if (hosts !== undefined || process.env.VITEST === undefined) {
    return chromium.launch({ executablePath: chromiumPath, args: getArguments(hosts ?? {}) })
  }
  server ??= chromium.launchServer({ executablePath: chromiumPath, args: flags })
  return chromium.connect((await server).wsEndpoint())
}

/** A browser with a profile, and how to close it. */
export interface Profile {
  readonly context: BrowserContext
  close(): Promise<void>
}

/**
 * Launches a browser that accepts any certificate, with a new profile that sends cookies with `SameSite=None` to other
 * sites also in a frame or with `fetch`. Private contexts, and the default of Debian's Chromium, block these.
 */
export async function openProfile(hosts: Readonly<Record<string, number>>): Promise<Profile> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-profile-'))
  mkdirSync(join(folder, 'Default'))
  writeFileSync(join(folder, 'Default', 'Preferences'), '{"profile":{"cookie_controls_mode":0}}')
  const options = { executablePath: chromiumPath, args: getArguments(hosts), ignoreHTTPSErrors: true }
  const context = await chromium.launchPersistentContext(folder, options)
  const close = async (): Promise<void> => {
    await context.close()
    // Chromium still writes to it while it exits.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  return { context, close }
}

function getArguments(hosts: Readonly<Record<string, number>>): string[] {
  const rules = Object.entries(hosts).map(([name, port]) => `MAP ${name}:443 127.0.0.1:${port}`)
  return rules.length === 0 ? flags : [...flags, `--host-resolver-rules=${rules.join(',')}`]
}

/**
 * Calls `use` with a page in a new context, which has its own cookies, and closes it. A context takes half a second of
 * processor time; tests that need no fresh one share a page.
 */
export async function withPage<T>(
  browser: Browser,
  settings: Parameters<Browser['newContext']>[0],
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const context: BrowserContext = await browser.newContext(settings)
  try {
    return await use(await context.newPage())
  } finally {
    await context.close()
  }
}
