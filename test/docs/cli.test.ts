import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createMinter } from '@hookurl/core'
import { expect, onTestFinished, test } from 'vitest'
import { testKeys } from '../../packages/cli/test/support/run.ts'
import { mintUrl, startListen, stopListen } from '../../packages/cli/test/support/start-listen.ts'
import { readFences } from '../../tools/docs/markdown.ts'

const readCode = (language: string): string =>
  readFences('docs/cli.md').find((fence) => fence.language === language)?.code ?? ''

// The page shows only the WSGI application; this serves it for one request.
const serveOnce = `
from wsgiref.simple_server import make_server
server = make_server('127.0.0.1', 0, application)
print(server.server_port, flush=True)
server.handle_request()
`

async function listenWith(...args: string[]): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'hookurl-cli-docs-'))
  const listening = await startListen(['--no-inspector', ...args], { HOME: home, XDG_CONFIG_HOME: home })
  onTestFinished(async () => {
    await stopListen(listening)
    rmSync(home, { recursive: true })
  })
  return listening.base
}

test('the Python application of docs/cli.md reads the hook that listen --forward verified', async (context) => {
  const python = spawn('python3', ['-c', readCode('python') + serveOnce], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void python.kill())
  const lines = createInterface({ input: python.stdout })
  const [port] = await Promise.race([once(lines, 'line'), once(python, 'error')])
  if (typeof port !== 'string') context.skip('python3 is not installed')
  const printed = once(lines, 'line')
  const base = await listenWith('--forward', `http://127.0.0.1:${port}/hooks`)
  const response = await fetch(mintUrl(base), { method: 'POST', body: '{"order":7}' })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ ok: true })
  expect(await printed).toEqual(['/onWebhook 42 Did you see the cat?'])
})

test('listen --exec passes the JSON of docs/cli.md to a program', async () => {
  const base = await listenWith('--exec', 'cat')
  const minter = createMinter({ keys: testKeys, baseUrl: base, expiresIn: 'never' })
  const url = minter.mintSync({
    command: '/onWebhook',
    userId: 42,
    content: 'Did you see the cat?',
    expiresAt: new Date('2030-01-01T00:00:00Z'),
  })
  const requestHeaders = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers: requestHeaders, body: '{"order":7}' })
  const { headers, ...hook } = await response.json()
  const { headers: documentedHeaders, ...documentedHook } = JSON.parse(readCode('json'))
  expect(hook).toEqual(documentedHook)
  expect(headers).toMatchObject(documentedHeaders)
})
