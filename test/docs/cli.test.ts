import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createMinter } from '@hookurl/core'
import { expect, onTestFinished, test } from 'vitest'
import { killListen, startListen, mintUrl } from '../../packages/cli/test/support/start-listen.ts'
import { testKeys } from '../../packages/cli/test/support/run.ts'
import { readFences } from '../../tools/docs/markdown.ts'

const codeIn = (language: string): string =>
  readFences('docs/cli.md').find((fence) => fence.language === language)?.code ?? ''

// The page shows the application alone; this is a server for it, for one request.
const serveOnce = `
from wsgiref.simple_server import make_server
server = make_server('127.0.0.1', 0, application)
print(server.server_port, flush=True)
server.handle_request()
`

async function start(...args: string[]): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'hookurl-cli-docs-'))
  const listening = await startListen(['--no-inspector', ...args], { HOME: home, XDG_CONFIG_HOME: home })
  onTestFinished(async () => {
    await killListen(listening)
    rmSync(home, { recursive: true })
  })
  return listening.base
}

test('the Python application of docs/cli.md reads the hook that listen --forward has verified', async (context) => {
  const python = spawn('python3', ['-c', codeIn('python') + serveOnce], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void python.kill())
  const lines = createInterface({ input: python.stdout })
  const [port] = await Promise.race([once(lines, 'line'), once(python, 'error')])
  if (typeof port !== 'string') context.skip('python3 is not installed')
  const said = once(lines, 'line')
  const base = await start('--forward', `http://127.0.0.1:${port}/hooks`)
  const answer = await fetch(mintUrl(base), { method: 'POST', body: '{"order":7}' })
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true }])
  expect(await said).toEqual(['/onWebhook 42 Did you see the cat?'])
})

test('the JSON of docs/cli.md is what listen --exec gives to a program', async () => {
  const base = await start('--exec', 'cat')
  const minter = createMinter({ keys: testKeys, baseUrl: base, expiresIn: 'never' })
  const url = minter.mintSync({
    command: '/onWebhook',
    userId: 42,
    content: 'Did you see the cat?',
    expiresAt: new Date('2030-01-01T00:00:00Z'),
  })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: '{"order":7}' })
  const { headers: given, ...hook } = await answer.json()
  const { headers: shown, ...promised } = JSON.parse(codeIn('json'))
  expect(hook).toEqual(promised)
  expect(given).toMatchObject(shown)
})
