// Builds the website from the documentation: `npm run site`. `-- --serve` then serves it, `npm run site:dev` serves it while
// it is written. HOOKURL_SITE_BASE is the path where it is published, such as `/hookurl/`.
import { installSite, runVitePress, siteOutput } from './site/build.ts'

const args = process.argv.slice(2)
const base = process.env.HOOKURL_SITE_BASE ?? '/'
const unknown = args.filter((arg) => !['--serve', '--dev'].includes(arg))
if (unknown.length > 0) {
  console.error(`Unknown option: ${unknown.join(', ')}. Options: --serve, --dev`)
  process.exit(2)
}

installSite()
if (args.includes('--dev')) process.exit(await runVitePress('dev', { base }))
const code = await runVitePress('build', { base })
if (code !== 0) process.exit(code)
console.log(`The site is in ${siteOutput}`)
if (args.includes('--serve')) process.exit(await runVitePress('preview', { base }))
