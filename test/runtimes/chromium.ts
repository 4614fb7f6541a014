import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser, withPage } from '../browser/open-browser.ts'
import type { Runtime, SendRequest } from './runtime.ts'

/** The packages bundled into a page, which calls the application itself. */
export const chromium: Runtime = {
  name: 'Chromium',
  engine: 'web',
  receivers: ['/hooks/', '/hono/'],
  getSkipReason: async () => (chromiumPath === undefined ? explainAbsence('chromium') : undefined),
  start: async (use) => {
    const script = await bundle()
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(
        `<!doctype html><title>hookurl</title><script>${script.replaceAll('</script', '<\\/script')}</script>`,
      )
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const browser = await openBrowser()
    try {
      return await withPage(browser, {}, async (page) => {
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
        return use({ version: browser.version(), send: sendInPage(page) })
      })
    } finally {
      await browser.close()
      server.close()
    }
  },
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    write: false,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

function sendInPage(page: Page): SendRequest {
  return (path, request) =>
    page.evaluate(([path, request]) => (globalThis as unknown as { send: SendRequest }).send(path, request), [
      path,
      request,
    ] as const)
}
