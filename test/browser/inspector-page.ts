import { createMinter, type MintOptions } from '@hookurl/core'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { makeHome, type RunningProgram, start, testKeys } from '../../packages/cli/test/support/run.ts'
import { openBrowser } from './open-browser.ts'

/** A running `hookurl listen`, and its page in a browser. */
export interface InspectorPage {
  readonly browser: Browser
  readonly page: Page
  readonly program: RunningProgram
  /** The origin of the receiver. */
  readonly receiver: string
  /** The address of the page, with its secret. */
  readonly address: string
  mintUrl(options?: Partial<MintOptions>): string
  /** Returns the errors of the browser since the last call, such as violations of the content security policy. */
  takeErrors(): string[]
  close(): Promise<void>
}

interface InspectorPageOptions {
  readonly args?: readonly string[]
  readonly context?: BrowserContextOptions
}

/** Starts `hookurl listen` with the test keys, and opens its page. */
export async function openInspectorPage({ args = [], context }: InspectorPageOptions = {}): Promise<InspectorPage> {
  const home = makeHome()
  const listen = await startInspector(home.path, ['--port', '0', '--inspector-port', '0', ...args])
  const browser = await openBrowser()
  const page = await browser.newPage(context)
  const errors: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(listen.address)
  await waitForConnection(page)
  return {
    ...listen,
    browser,
    page,
    mintUrl: (options) => mintTestUrl(listen.receiver, options),
    takeErrors: () => errors.splice(0),
    close: async () => {
      await browser.close()
      listen.program.kill('SIGINT')
      await listen.program.ended
      home.remove()
    },
  }
}

/** Starts `hookurl listen`, and waits for the address of its page. */
export async function startInspector(
  home: string,
  args: readonly string[],
): Promise<Pick<InspectorPage, 'program' | 'receiver' | 'address'>> {
  const program = start(['listen', ...args], { env: { HOME: home, HOOKURL_KEYS: testKeys } })
  const stderr = await program.waitForStderr(/Inspector: \S+\n/)
  const port = /Listening on http:\/\/\S+:(\d+)\. /.exec(stderr)?.[1]
  const [, address = ''] = /Inspector: (\S+)\n/.exec(stderr) ?? []
  return { program, receiver: `http://127.0.0.1:${port}`, address }
}

export function mintTestUrl(receiver: string, options: Partial<MintOptions> = {}): string {
  const minter = createMinter({ keys: testKeys, baseUrl: `${receiver}/hooks`, expiresIn: '7d' })
  return minter.mintSync({ command: '/onWebhook', userId: 42, redirectTo: 'https://cataas.com/cat', ...options })
}

/** Sends JSON, unless other headers are given. */
export function post(url: string, body = '{}', headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
}

export async function waitForConnection(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor()
}

/** Returns the rows of the request list by their names, as screen readers read them. */
export function getRows(page: Page, name: RegExp): Locator {
  return page.locator('.list').getByRole('link', { name })
}

export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Inspector' }).getByRole('link', { name }).click()
}
