import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { findProgram } from '../../tools/setup/programs.js'

/** The system's Chromium, if there is one. */
export const chromiumPath: string | undefined = findProgram('chromium')

// It is to talk to this machine only.
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A browser of its own; `hosts` maps names to local ports. */
export async function openBrowser(hosts: Readonly<Record<string, number>> = {}): Promise<Browser> {
  const rules = Object.entries(hosts).map(([name, port]) => `MAP ${name}:443 127.0.0.1:${port}`)
  const args = [...quiet, ...(rules.length === 0 ? [] : [`--host-resolver-rules=${rules.join(',')}`])]
  return chromium.launch({ executablePath: chromiumPath, args })
}

/** Uses a page, with its own cookies and settings, and closes it. */
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
