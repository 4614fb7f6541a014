import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

// The minified build; every page has to parse it, which takes most of the time of a check.
const script = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Runs axe on the current document, with all of its rules or only the named ones, and returns its results. */
export async function runAxe(page: Page, rules?: readonly string[]): Promise<AxeResults> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(script)
  const options = rules === undefined ? {} : { runOnly: rules }
  return (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults
}
