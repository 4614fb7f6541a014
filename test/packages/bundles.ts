import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser, withPage } from '../browser/open-browser.ts'
import { createProgramRuntime, findPackagedProgram, type ProgramLookup, workerdConfig } from '../runtimes/programs.ts'
import { bundlers, entryOf, type Target } from './bundlers.ts'
import { type CheckResult, type Row, toRow } from './row.ts'

/** Bundles a project that uses the packages with each bundler for each target, and runs the bundles. */
export async function checkBundles(project: string): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, bundle] of Object.entries(bundlers)) {
    for (const target of ['browser', 'worker'] as const) {
      const check = async (): Promise<CheckResult> => {
        const absence = absences[target]()
        if (absence !== undefined) return { absence }
        const outdir = join(project, 'bundles', `${name}-${target}`)
        await bundle({ project, target, outdir })
        const outcome = await runners[target](outdir)
        if (outcome !== 'works') throw new Error(outcome)
        return `runs; ${weigh(outdir)}`
      }
      rows.push(await toRow(`bundled by ${name}, in ${places[target]}`, check))
    }
  }
  return rows
}

const places = { browser: 'Chromium', worker: 'workerd' } as const satisfies Record<Target, string>

const findWorkerd = (): ProgramLookup => findPackagedProgram('@cloudflare/workerd-linux-64', 'bin/workerd')
const absences: Readonly<Record<Target, () => string | undefined>> = {
  browser: () => (chromiumPath === undefined ? explainAbsence('chromium') : undefined),
  worker: () => {
    const found = findWorkerd()
    return 'absence' in found ? found.absence : undefined
  },
}

const runners: Readonly<Record<Target, (outdir: string) => Promise<string>>> = {
  browser: async (outdir) => {
    const browser = await openBrowser()
    try {
      return await withPage(browser, {}, async (page) => {
        // Every request is served from the folder. Browsers trust localhost as they trust https.
        await page.route('**/*', async (route) => {
          const { pathname } = new URL(route.request().url())
          if (pathname === '/') await route.fulfill({ contentType: 'text/html', body: html })
          else await route.fulfill({ contentType: 'text/javascript', body: readFileSync(join(outdir, pathname)) })
        })
        const problems: string[] = []
        page.on('pageerror', (error) => problems.push(error.message))
        await page.goto('http://localhost/')
        await page.waitForFunction('globalThis.outcome !== undefined', undefined, { timeout: 15_000 }).catch(() => {
          throw new Error(`the page has no outcome: ${problems.join(', ')}`)
        })
        return await page.evaluate<string>('outcome')
      })
    } finally {
      await browser.close()
    }
  },
  worker: async (outdir) => {
    const workerd = createProgramRuntime({
      name: 'workerd',
      engine: 'web',
      receivers: [],
      findProgram: async () => findWorkerd(),
      getArguments: async () => {
        writeFileSync(join(outdir, 'config.capnp'), workerdConfig)
        return ['serve', join(outdir, 'config.capnp'), '--control-fd=1']
      },
    })
    return await workerd.start(async ({ send }) => (await send('/', { method: 'GET' })).body)
  },
}

const html = `<!doctype html><title>bundled</title><script type="module" src="/${entryOf('browser')}.js"></script>`

function weigh(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    /\.m?js$/.test(entry.name),
  )
  const bytes = files.map((entry) => readFileSync(join(entry.parentPath, entry.name)))
  const packed = bytes.map((each) => brotliCompressSync(each).length)
  return `${toKilobytes(bytes.map((each) => each.length))} minified, ${toKilobytes(packed)} compressed, with jose`
}

function toKilobytes(sizes: readonly number[]): string {
  return `${(sizes.reduce((sum, size) => sum + size, 0) / 1000).toFixed(1)} kB`
}
