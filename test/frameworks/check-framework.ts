import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { createMinter } from '@hookurl/core'
import type { Browser } from 'playwright-core'
import { findFreePort } from '../../examples/support/free-port.ts'
import { type Program, startProgram } from '../../examples/support/program.ts'
import { readFences } from '../../tools/docs/markdown.ts'
import { testKey } from '../../tools/snippets.ts'
import { withPage } from '../browser/open-browser.ts'
import { must } from '../packages/project.ts'
import type { Framework } from './frameworks.ts'

/** Where applications are created and what runs them. */
export interface Workplace {
  /** An empty folder. */
  readonly folder: string
  /** The registry that has the packed packages. */
  readonly registry: string
  /** The path of a Node that all frameworks support. */
  readonly node: string
  readonly browser: Browser
}

const page = 'docs/adapters.md'

// SvelteKit's adapter for Node assumes https unless a proxy sends the protocol.
const protocolHeader = 'x-forwarded-proto'

/** Creates an application, builds it as `docs/adapters.md` says, and calls it as a user and as a service. */
export async function checkFramework(
  framework: Framework,
  { folder, registry, node, browser }: Workplace,
): Promise<string> {
  const app = join(folder, 'app')
  const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }

  async function build(files: Framework['files']): Promise<void> {
    for (const [path, snippet] of Object.entries(files)) writeFile(join(app, path), readSnippet(snippet))
    for (const command of framework.build) await must(command, { cwd: app, env })
  }
  async function withApp(use: (program: Program, origin: string) => Promise<void>): Promise<void> {
    const port = await findFreePort()
    const origin = `http://localhost:${port}`
    const variables = { HOOKURL_KEYS: testKey, HOST: 'localhost', PORT: String(port), PROTOCOL_HEADER: protocolHeader }
    const program = await startProgram([node, framework.program], { cwd: app, env: variables })
    try {
      await use(program, origin)
    } finally {
      await program.stop()
    }
  }

  mkdirSync(folder, { recursive: true })
  for (const command of framework.scaffold) await must(command, { cwd: folder, env })
  for (const [path, text] of Object.entries(framework.template)) writeFile(join(app, path), text)
  writeFile(join(app, '.npmrc'), `registry=${registry}\n`)
  await must(['npm', 'install', '--no-audit', '--no-fund', ...framework.packages, '@hookurl/verify'], { cwd: app, env })

  await build(framework.files)
  await withApp(async (program, origin) => {
    await checkButton(program, origin, browser)
    await checkMethods(origin)
    assert.equal(await postForm(origin), 403, 'the framework accepts a form without an Origin')
  })
  await build(framework.filesForForms)
  await withApp(async (program, origin) => {
    await checkButton(program, origin, browser)
    assert.equal(await postForm(origin), 200, 'a form of a service')
  })
  return `${framework.packages[0]}: the confirm button in Chromium, JSON, and forms of services once they are allowed`
}

/** Presses the button of a confirm page. The handler prints the user's id and the payload. */
async function checkButton(program: Program, origin: string, browser: Browser): Promise<void> {
  const before = countRuns(program)
  await withPage(browser, { extraHTTPHeaders: { [protocolHeader]: 'http' } }, async (tab) => {
    await tab.goto(mint(origin))
    assert.equal(await tab.title(), 'Please confirm')
    assert.equal(countRuns(program), before, 'the handler ran before the button was pressed')
    await tab.getByRole('button', { name: 'Confirm' }).click()
    await tab.waitForFunction('document.title !== "Please confirm"')
    assert.equal(await tab.title(), 'Done')
  })
  assert.equal(countRuns(program), before + 1, 'the handler did not run once')
}

async function checkMethods(origin: string): Promise<void> {
  const url = mint(origin)
  const headers = { 'content-type': 'application/json' }
  const accepted = await fetch(url, { method: 'POST', headers, body: '{"a":1}' })
  assert.deepEqual([accepted.status, await accepted.text()], [200, '{"ok":true}'])
  const truncated = await fetch(url.slice(0, -1), { method: 'POST', headers, body: '{"a":1}' })
  assert.equal(truncated.status, 400)
  const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT']
  const statuses = methods.map(async (method) => (await fetch(url, { method, headers })).status)
  assert.deepEqual(await Promise.all(statuses), [405, 200, 204, 405])
}

async function postForm(origin: string): Promise<number> {
  return (await fetch(mint(origin), { method: 'POST', body: new URLSearchParams({ a: '1' }) })).status
}

function mint(origin: string): string {
  const minter = createMinter({ keys: testKey, baseUrl: `${origin}/hooks`, expiresIn: '1h' })
  return minter.mintSync({ command: '/onWebhook', userId: 42 })
}

function countRuns(program: Program): number {
  return program.output().match(/^42 /gm)?.length ?? 0
}

function readSnippet(name: string): string {
  const fence = readFences(page).find(({ marker }) => marker?.kind === 'scaffold' && marker.text === name)
  if (fence === undefined) throw new Error(`${page} has no snippet "${name}"`)
  return fence.code
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
