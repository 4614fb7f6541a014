// Builds the website as it is published, and uses it in Chromium: `npm run test:site`. `-- --no-build` checks what was
// built before, `-- --quick` leaves out Lighthouse, and axe on pages that are generated.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { getSitePage, listSitePages } from '../../site/pages.ts'
import { run } from '../../tools/setup/io.js'
import { explainAbsence } from '../../tools/setup/programs.js'
import { installSite, runVitePress, siteOutput } from '../../tools/site/build.ts'
import { chromiumPath, openBrowser } from '../browser/open-browser.ts'
import { type CheckResult, formatRows, type Row, toRow } from '../packages/row.ts'
import { checkLighthouse } from './check-lighthouse.ts'
import { checkLinks } from './check-links.ts'
import { checkPages } from './check-pages.ts'
import { checkReading } from './check-reading.ts'
import { serveSite } from './serve-site.ts'

const base = '/hookurl/'
const options = process.argv.slice(2)
const unknown = options.filter((option) => !['--no-build', '--quick'].includes(option))
if (unknown.length > 0) {
  console.error(`Unknown option: ${unknown.join(', ')}. Options: --no-build, --quick`)
  process.exit(2)
}
const isQuick = options.includes('--quick')

installSite()
const rows: Row[] = []
async function check(name: string, run: () => Promise<CheckResult>): Promise<void> {
  console.log(`${name} …`)
  rows.push(await toRow(name, run))
}

await check('types', async () => {
  const { ok, output } = run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'site/tsconfig.json'])
  if (!ok) throw new Error(output)
  return 'the configuration and the theme'
})
if (!options.includes('--no-build')) {
  await check('build', async () => {
    if ((await runVitePress('build', { base })) !== 0) throw new Error('VitePress failed')
    return 'no dead link'
  })
}
await check('pages', async () => {
  const missing = listSitePages().filter((file) => !existsSync(join(siteOutput, toHtml(file))))
  if (missing.length > 0) throw new Error(`not on the site: ${missing.join(', ')}`)
  const expected = new Set([...listSitePages().map(toHtml), '404.html', 'debugger.html'])
  const files = readdirSync(siteOutput, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'))
  const others = files.filter((file) => file.endsWith('.html') && !expected.has(file))
  if (others.length > 0) throw new Error(`not a page: ${others.join(', ')}`)
  return `${listSitePages().length} Markdown files`
})
await check('links', async () => checkLinks(siteOutput, base))

if (chromiumPath === undefined) {
  rows.push({ name: 'Chromium', mark: '–', detail: `skipped: ${explainAbsence('chromium')}`, milliseconds: 0 })
} else {
  const site = await serveSite(siteOutput, base)
  const browser = await openBrowser()
  const pages = listSitePages().filter((file) => !isQuick || !file.startsWith('docs/api/'))
  const addresses = pages.map(
    (file) => `${site.address}${toHtml(file).replace(/(?:^|(?<=\/))index\.html$|\.html$/, '')}`,
  )
  await check('reading', () => checkReading(browser, site.address))
  await check('axe', () => checkPages(browser, [...addresses, `${site.address}none`, `${site.address}debugger`]))
  await browser.close()
  if (!isQuick) {
    for (const path of ['', 'adapters', 'api/core/', 'debugger']) {
      await check(`Lighthouse, /${path}`, () => checkLighthouse(`${site.address}${path}`))
    }
  }
  site.close()
}

console.log(formatRows(rows))
const failed = rows.filter(({ mark }) => mark === '✗').length
console.log(`${rows.length - failed} checks passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function toHtml(file: string): string {
  return (getSitePage(file) ?? file).replace(/\.md$/, '.html')
}
