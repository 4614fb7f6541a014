import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeHome } from '../../packages/cli/test/support/run.ts'
import { explainAbsence } from '../../tools/setup/programs.js'
import { getRows, mintTestUrl, post, startInspector, waitForConnection } from './inspector-page.ts'
import { chromiumPath, openBrowser } from './open-browser.ts'

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'the inspector page after a restart, in Chromium',
  () => {
    const home = makeHome()
    let browser: Browser
    let page: Page
    let listen: Awaited<ReturnType<typeof startInspector>>

    beforeAll(async () => {
      browser = await openBrowser()
    }, 60_000)
    afterAll(async () => {
      await browser?.close()
      home.remove()
    })
    afterEach(stop)

    async function stop(): Promise<void> {
      listen.program.kill('SIGINT')
      await listen.program.ended
    }

    /** Starts `listen`, opens the page, and starts `listen` again on the same ports. */
    async function restart(args: readonly string[]): Promise<void> {
      listen = await startInspector(home.path, ['--port', '0', '--inspector-port', '0', ...args])
      page = await browser.newPage()
      await page.goto(listen.address)
      await waitForConnection(page)
      await post(mintTestUrl(listen.receiver, { command: '/before' }))
      await getRows(page, /\/before/).click()
      await stop()
      await page.getByText('Disconnected. Reconnecting…').waitFor()
      const ports = ['--port', new URL(listen.receiver).port, '--inspector-port', new URL(listen.address).port]
      listen = await startInspector(home.path, [...ports, ...args])
    }

    test('reconnects with --inspector-secret-file, and shows the requests of the new run', async () => {
      await restart(['--inspector-secret-file', join(home.path, 'secret')])
      await waitForConnection(page)
      await post(mintTestUrl(listen.receiver, { command: '/after' }), '{"type":"after"}')
      await getRows(page, /\/after/).waitFor()
      // Both have the ID 1.
      await page.getByRole('heading', { name: 'POST /after' }).waitFor()
      expect(await getRows(page, /\/before/).count()).toBe(0)
    })

    test('says that hookurl was restarted without it, and continues with the new address in the same tab', async () => {
      await restart([])
      await page.getByText('hookurl was restarted: open the new address.').waitFor()
      // Only the fragment differs, so the browser does not load the page again.
      await page.evaluate((url) => location.assign(url), listen.address)
      await waitForConnection(page)
      expect(page.url()).not.toContain(new URL(listen.address).hash.slice(1))
    })
  },
)
