import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type KillableProgram, startKillable } from '../../support/killable-program.ts'
import { recordCheck } from '../../support/record-check.ts'
import { type HttpResponse, sendRequest } from '../../support/send-request.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hookurl-workflow-'))
const servers: KillableProgram[] = []
let port: number

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'build.ts'], { cwd })
  port = await findFreePort()
}, 60_000)

afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill()
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  recordCheck('workflow-devkit', 'a suspended workflow continues with a decision, also after kill -9')
})

test('a decision resumes a workflow that an earlier process has started', async () => {
  const killed = startServer('1001')
  const url = await killed.find(/^decide: (\S+)\n/m)
  await killed.kill()

  const restarted = startServer()
  await restarted.find(/^listening on (\S+)\n/m)
  expect((await decide(url, 'approve', 'damaged')).status).toBe(200)
  expect(await restarted.find(/^(1001: .*)\n/m)).toBe('1001: refunded 49, damaged')
  expect((await decide(url, 'reject', 'a mistake')).status).toBe(410)
}, 120_000)

test('a decision is not lost if the process is killed right after its response', async () => {
  const killed = startServer('1002')
  const url = await killed.find(/^decide: (\S+)\n/m)
  expect((await decide(url, 'reject', 'too late')).status).toBe(200)
  await killed.kill()
  const lines = killed.output()

  const restarted = startServer()
  await restarted.find(/^listening on (\S+)\n/m)
  await expect.poll(() => lines + restarted.output(), { timeout: 60_000 }).toContain('1002: not refunded, too late')
}, 120_000)

/** Starts the server with the workflows of its predecessor, and with a new one for an order. */
function startServer(...args: readonly string[]): KillableProgram {
  const env = { HOOKURL_KEYS: testKey, DATA_DIR: folder, PORT: String(port) }
  const server = startKillable([process.execPath, '--import', 'tsx', 'server.ts', ...args], { cwd, env })
  servers.push(server)
  return server
}

function decide(url: string, choice: string, comment: string): Promise<HttpResponse> {
  // The name localhost may resolve to an address that the server does not listen on.
  const local = new URL(new URL(url).pathname, `http://127.0.0.1:${port}`)
  return sendRequest(local.href, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ choice, comment }).toString(),
  })
}
