import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
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

/** Launches a browser. `hosts` maps host names (port 443) to local ports. */
export async function openBrowser(hosts: Readonly<Record<string, number>> = {}): Promise<Browser> {
  const rules = Object.entries(hosts).map(([name, port]) => `MAP ${name}:443 127.0.0.1:${port}`)
  const args = [...flags, ...(rules.length === 0 ? [] : [`--host-resolver-rules=${rules.join(',')}`])]
  return chromium.launch({ executablePath: chromiumPath, args })
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
