import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createMinter, defineCommands, generateKey } from '@hookurl/core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { sendToOrigin } from '../../../test/runtimes/runtime.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'
import { startWaiter, type WaiterServer } from '../waiter.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const commands = defineCommands({
  '/onResult': { payload: z.object({ id: z.number(), status: z.literal('succeeded'), output: z.string() }) },
})
const validResult = { id: 7, status: 'succeeded', output: 'cat' } as const

let service: Program
let server: WaiterServer<typeof commands>
/** The lines that the waiter has logged. */
let logLines: string[]

beforeAll(async () => {
  const env = { PORT: '0', MS_PER_WORD: '100' }
  service = await startProgram([process.execPath, '--import', 'tsx', 'service.ts'], { cwd, env })
}, 60_000)

beforeEach(async () => {
  logLines = []
  vi.spyOn(console, 'log').mockImplementation((line) => logLines.push(String(line)))
  server = await startWaiter({ commands, port: 0 })
})

afterEach(() => {
  server.close()
  vi.restoreAllMocks()
})

afterAll(async () => {
  await service?.stop()
  recordCheck(
    'ai-job',
    'a script awaits a job service over HTTP; late, other, forged and malformed results are rejected',
  )
})

test('the script prints the result of each job, or why there is none', async () => {
  const late = `${'Too long to be read: '.repeat(4)}in time`
  const sentences = [late, 'The cat saw the cat, and ran away.', 'It ran and ran, and ran to it.', '']
  const { code, stdout } = await runScript(['--within', '2', ...sentences])
  const lines = stdout.trim().split('\n')
  expect(lines[0]).toMatch(/^waiting on http:\/\/localhost:\d+$/)
  expect(lines.filter((line) => line.startsWith('"'))).toEqual([
    '"Too long to be read:" failed: the wait expired before its URL was called',
    '"The cat saw the cat," is about cat',
    '"It ran and ran, and " is about ran',
    '"" failed: no words',
  ])
  expect(code).toBe(1)

  // A result that arrives too late is rejected.
  expect(lines.filter((line) => line.startsWith('rejected: '))).not.toEqual([])
  expect(service.output()).toContain('job 1: called back, got 410')
  expect(service.output()).toContain('job 2: called back, got 200 {"ok":true}')

  // Neither program prints a token or a key.
  expect(stdout + service.output()).not.toMatch(/eyJ|hks_/)
})

test('the script exits with 0 as soon as all jobs are done, although the service keeps its connections', async () => {
  const { code, stdout, idleMs } = await runScript(['One cat.'])
  expect(code).toBe(0)
  expect(stdout).toContain('"One cat." is about One')
  // The service keeps an idle connection for at least four seconds.
  expect(idleMs).toBeLessThan(3000)
})

test('each of several concurrent jobs gets its own result', async () => {
  const sentences = ['dog dog', 'cat cat cat', 'cow']
  const outputs = sentences.map(async (sentence) => {
    const { url, received } = await server.waiter.open({ command: '/onResult' })
    await startJob(sentence, url)
    return (await received).payload.output
  })
  expect(await Promise.all(outputs)).toEqual(['dog', 'cat', 'cow'])
})

test('a forged URL, an altered one and a GET bring no result', async () => {
  const { url, received } = await server.waiter.open({ command: '/onResult' })
  const otherMinter = createMinter({ keys: generateKey(), baseUrl: 'http://localhost/waits', expiresIn: '1h' })
  const forged = otherMinter.mintSync({ command: '/onResult', id: 'x', maxUses: 1 })
  const altered = url.replace(/.(?=.{9}$)/, (character) => (character === 'A' ? 'B' : 'A'))
  const forgedResult = { ...validResult, output: 'forged' }
  expect(await Promise.all([forged, altered].map((each) => post(each, forgedResult)))).toEqual([
    [403, 'invalid_signature'],
    [403, 'invalid_signature'],
  ])
  expect((await sendToOrigin(server.origin)(pathOf(url), { method: 'GET' })).status).toBe(405)
  expect(await post(url, validResult)).toEqual([200, { ok: true }])
  expect((await received).payload).toEqual(validResult)
  expect(logLines.filter((line) => line === 'rejected: invalid_signature')).toHaveLength(2)
})

test('a result of another shape is rejected, and the URL stays valid', async () => {
  const { url, received } = await server.waiter.open({ command: '/onResult' })
  expect(await post(url, { status: 'succeeded', output: { html: '<b>' } })).toEqual([422, 'invalid_payload'])
  expect(await post(url, validResult)).toEqual([200, { ok: true }])
  expect((await received).payload).toEqual(validResult)
})

test('the same result again is a duplicate, and another result is rejected', async () => {
  const { url, received } = await server.waiter.open({ command: '/onResult' })
  await post(url, validResult)
  expect(await post(url, validResult)).toEqual([200, { ok: true, duplicate: true }])
  expect(await post(url, { ...validResult, output: 'dog' })).toEqual([410, 'already_used'])
  expect((await received).payload).toEqual(validResult)
})

test('a result that arrives after the URL has expired is rejected', async () => {
  const { url, expiresAt, received } = await server.waiter.open({ command: '/onResult', expiresIn: 1 })
  await expect(received).rejects.toMatchObject({ code: 'expired' })
  await sleep(expiresAt.getTime() - Date.now())
  expect(await post(url, validResult)).toEqual([410, 'expired'])
  expect(logLines.at(-1)).toBe('rejected: expired')
})

async function startJob(text: string, webhook: string): Promise<void> {
  await sendToOrigin(service.origin)('/jobs', { method: 'POST', body: JSON.stringify({ text, webhook }) })
}

/** Posts as a service does. Returns the status, with the code of a rejection or the response body. */
async function post(url: string, body: unknown): Promise<[status: number, result: unknown]> {
  const headers = { 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: JSON.stringify(body) } as const
  const response = await sendToOrigin(server.origin)(pathOf(url), request)
  const result = response.body === '' ? {} : JSON.parse(response.body)
  return [response.status, response.status === 200 ? result : result.code]
}

function pathOf(url: string): string {
  return new URL(url).pathname
}

interface ScriptResult {
  readonly code: unknown
  readonly stdout: string
  /** The time from its last output to its exit, in milliseconds. */
  readonly idleMs: number
}

async function runScript(args: readonly string[]): Promise<ScriptResult> {
  const env = { ...process.env, PORT: '0', JOB_SERVICE: service.origin }
  return new Promise((resolve) => {
    let lastOutput = 0
    const script = execFile(
      process.execPath,
      ['--import', 'tsx', 'script.ts', ...args],
      { cwd, env },
      (error, stdout) => {
        resolve({ code: error?.code ?? 0, stdout, idleMs: performance.now() - lastOutput })
      },
    )
    script.stdout?.on('data', () => {
      lastOutput = performance.now()
    })
  })
}
