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
import { must, versionOf } from '../packages/project.ts'
import type { Framework } from './framework.ts'

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

/** The pages that have snippets for a scaffold. */
export const pages = ['docs/frameworks.md', 'docs/adapters.md'] as const

// What the snippets import.
const common = ['@hookurl/verify', `zod@${versionOf('zod')}`, '@types/node@22.20.7']

// SvelteKit's adapter for Node assumes https unless a proxy sends the protocol.
const protocolHeader = 'x-forwarded-proto'

const json = { 'content-type': 'application/json' }

/** Creates an application, builds it as `docs/frameworks.md` says, and calls it as a user and as a service. */
export async function checkFramework(
  framework: Framework,
  { folder, registry, node, browser }: Workplace,
): Promise<string> {
  const app = join(folder, 'app')
  const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: '1' }

  async function build(files: Framework['files']): Promise<void> {
    writeSnippets(app, files, framework.edits)
    // Some frameworks write the types of routes when they build.
    for (const command of [...framework.build, framework.check]) await must(command, { cwd: app, env })
  }
  // The guard's content has the type of its schema only if another use of it is an error.
  async function checkTypes(): Promise<void> {
    for (const [path, snippet] of Object.entries(framework.files)) {
      const code = readSnippet(snippet, framework.edits)
      if (!code.includes('invoice.toFixed()')) continue
      writeFile(join(app, path), code.replace('invoice.toFixed()', 'invoice.toUpperCase()'))
      await assert.rejects(must(framework.check, { cwd: app, env }), /toUpperCase/)
      writeFile(join(app, path), code)
    }
  }
  async function withApp(use: (program: Program, origin: string) => Promise<void>): Promise<void> {
    const port = await findFreePort()
    const origin = `http://localhost:${port}${framework.prefix ?? ''}`
    const variables = { HOOKURL_KEYS: testKey, HOST: 'localhost', PORT: String(port), PROTOCOL_HEADER: protocolHeader }
    const args = framework.program.map((arg) => arg.replace('$PORT', String(port)))
    const { ready } = framework
    const program = await startProgram([framework.runtime ?? node, ...args], {
      cwd: app,
      env: { ...env, ...variables },
      ...(ready !== undefined && { portPattern: ready }),
    })
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
  await must(['npm', 'install', '--no-audit', '--no-fund', ...framework.packages, ...common], { cwd: app, env })

  await build(framework.files)
  await checkTypes()
  await withApp(async (program, origin) => {
    await checkButton(program, origin, browser)
    await checkMethods(origin, framework.statuses?.put)
    await checkQuery(origin)
    await checkGuard(origin, browser, framework.statuses?.otherCommand)
    const allowsForms = framework.filesForForms === undefined
    assert.deepEqual(await postForms(origin), allowsForms ? [200, 200] : [403, 403], 'forms of a service')
  })
  const works = `${framework.packages[0]}: the confirm button in Chromium, JSON, a guard with typed content`
  if (framework.filesForForms === undefined) return `${works}, forms of services`
  await build(framework.filesForForms)
  await withApp(async (program, origin) => {
    await checkButton(program, origin, browser)
    assert.deepEqual(await postForms(origin), [200, 200], 'forms of a service')
  })
  return `${works}, forms of services once they are allowed`
}

/** Writes the files that the page says to write into an application. */
export function writeSnippets(app: string, files: Framework['files'], edits: Framework['edits'] = {}): void {
  for (const [path, snippet] of Object.entries(files)) {
    const code = readSnippet(snippet, edits)
    writeFile(join(app, path), code)
    if (path.includes('hooks')) writeFile(join(app, path.replace('hooks', 'approve')), toGuard(code))
  }
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

async function checkMethods(origin: string, put = 405): Promise<void> {
  const url = mint(origin)
  const accepted = await postJson(url)
  assert.deepEqual([accepted.status, await accepted.text()], [200, '{"ok":true}'])
  assert.equal((await postJson(url.slice(0, -1))).status, 400)
  const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT']
  const statuses = methods.map(async (method) => (await fetch(url, { method, headers: json })).status)
  assert.deepEqual(await Promise.all(statuses), [405, 200, 204, put])
}

/** Calls a URL with its token in the query: its path is the one at which the receiver is mounted. */
async function checkQuery(origin: string): Promise<void> {
  const url = mint(origin, { tokenIn: 'query' })
  assert.ok(url.startsWith(`${origin}/hooks?`))
  const accepted = await postJson(url)
  assert.deepEqual([accepted.status, await accepted.text()], [200, '{"ok":true}'], 'a token in the query')
  assert.equal((await postJson(url.slice(0, -1))).status, 400)
}

/** Calls the guarded route as a service, and presses its button. */
async function checkGuard(origin: string, browser: Browser, otherCommand = 403): Promise<void> {
  const url = mintApproval(origin)
  const approved = 'approved invoice 7 for 42'
  const accepted = await postJson(url)
  assert.deepEqual([accepted.status, await accepted.text()], [200, approved])
  assert.equal((await postJson(url.slice(0, -1))).status, 400)
  assert.equal((await postJson(mint(origin).replace('/hooks/', '/approve/'))).status, otherCommand)
  await withPage(browser, { extraHTTPHeaders: { [protocolHeader]: 'http' } }, async (tab) => {
    await tab.goto(url)
    await tab.getByRole('button', { name: 'Confirm' }).click()
    await tab.getByText(approved).waitFor()
  })
}

function postJson(url: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: json, body: '{"a":1}' })
}

/** Posts a form without and with files, as a service does. */
async function postForms(origin: string): Promise<number[]> {
  const multipart = new FormData()
  multipart.set('file', new File(['a'], 'a.txt'))
  const forms = [new URLSearchParams({ a: '1' }), multipart]
  return Promise.all(forms.map(async (body) => (await fetch(mint(origin), { method: 'POST', body })).status))
}

function mint(origin: string, options: { readonly tokenIn?: 'query' } = {}): string {
  const minter = createMinter({ keys: testKey, baseUrl: `${origin}/hooks`, expiresIn: '1h', ...options })
  return minter.mintSync({ command: '/onWebhook', userId: 42 })
}

function mintApproval(origin: string): string {
  const minter = createMinter({ keys: testKey, baseUrl: `${origin}/approve`, expiresIn: '1h' })
  return minter.mintSync({ command: '/approve', userId: 42, content: { invoice: 7 } })
}

/** The guard's route file: as the page says, the receiver's with another name and path. */
function toGuard(code: string): string {
  return code.replaceAll('receive', 'approve').replaceAll('hooks', 'approve')
}

function countRuns(program: Program): number {
  return program.output().match(/^42 /gm)?.length ?? 0
}

function readSnippet(name: string, edits: Framework['edits'] = {}): string {
  const fences = pages.flatMap((page) => readFences(page))
  const fence = fences.find(({ marker }) => marker?.kind === 'scaffold' && marker.text === name)
  if (fence === undefined) throw new Error(`no page has a snippet "${name}"`)
  return Object.entries(edits).reduce((code, [from, to]) => code.replaceAll(from, to), fence.code)
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
