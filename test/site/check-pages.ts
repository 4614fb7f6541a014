import type { Browser, BrowserContext, Page } from 'playwright-core'
import { runAxe } from '../browser/axe.ts'

const viewports = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const

/** A page of a browser, and what went wrong in it. */
export interface WatchedPage {
  readonly page: Page
  /** Requests to other origins, which were blocked, errors, and violations of the policy. */
  readonly problems: string[]
  close(): Promise<void>
}

/** Opens a page that can reach one origin only. */
export async function openWatchedPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const context: BrowserContext = await browser.newContext({ viewport: viewports[0], colorScheme: 'light' })
  const problems: string[] = []
  await context.route(
    (url) => url.origin !== origin,
    (route) => {
      problems.push(`requests ${route.request().url()}`)
      return route.abort()
    },
  )
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  return { page, problems, close: () => context.close() }
}

/**
 * Opens each address: it must fit the width, and pass axe in the light theme; in the dark one, its colors must have enough
 * contrast. Returns what it checked.
 */
export async function checkPages(browser: Browser, addresses: readonly string[]): Promise<string> {
  const { page, problems, close } = await openWatchedPage(browser, new URL(addresses[0] ?? '').origin)
  const found: string[] = []
  for (const address of addresses) {
    await page.emulateMedia({ colorScheme: 'light' })
    const isMissing = address.endsWith('/none')
    await page.goto(address)
    await page.locator('.VPContent, .debugger').waitFor()
    for (const viewport of viewports) {
      await page.setViewportSize(viewport)
      const width = await page.evaluate('document.documentElement.scrollWidth')
      if (width !== viewport.width) found.push(`${address} is ${width} pixels wide instead of ${viewport.width}`)
    }
    found.push(...(await findViolations(page)))
    await page.emulateMedia({ colorScheme: 'dark' })
    found.push(...(await findViolations(page, ['color-contrast'])))
    console.log(`  ${address}`)
    // The browser reports the status of this page as an error.
    if (isMissing) problems.splice(0)
  }
  await close()
  if (found.length + problems.length > 0) throw new Error([...problems, ...found].join('\n'))
  return `${addresses.length} pages in two themes and two widths`
}

async function findViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
  const { violations } = await runAxe(page, rules)
  return violations.map(({ id, nodes }) => {
    const html = nodes.slice(0, 3).map((node) => node.html.slice(0, 160))
    return `${page.url()}: ${id} (${nodes.length}) ${html.join(' ')}`
  })
}
