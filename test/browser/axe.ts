import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

// The minified build; every page has to parse it, which takes most of the time of a check.
const script = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Runs axe on the current document and returns its results. */
export async function runAxe(page: Page): Promise<AxeResults> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(script)
  return (await page.evaluate('axe.run()')) as AxeResults
}
