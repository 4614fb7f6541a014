import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createMinter, generateKey } from '@hookurl/core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { sendToOrigin } from '../../../test/runtimes/runtime.ts'
import { recordCheck } from '../../support/record-check.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { openWaiter, type Waiter } from '../wait-for-hook.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const payload = z.object({ id: z.number(), status: z.literal('succeeded'), output: z.string() })
const validResult = { id: 7, status: 'succeeded', output: 'cat' } as const

let service: Program
let waiter: Waiter<z.output<typeof payload>>
/** What the waiter has said of refusals. */
let logLines: string[]

beforeAll(async () => {
  const env = { PORT: '0', MS_PER_WORD: '100' }
  service = await startProgram([process.execPath, '--import', 'tsx', 'service.ts'], { cwd, env })
}, 60_000)

beforeEach(async () => {
  logLines = []
  vi.spyOn(console, 'log').mockImplementation((line) => logLines.push(String(line)))
  waiter = await openWaiter({ payload, port: 0 })
})

afterEach(() => {
  waiter.close()
  vi.restoreAllMocks()
})

afterAll(async () => {
  await service?.stop()
  recordCheck('ai-job', 'a script awaits a job service over HTTP; late, repeated, forged and malformed results are refused')
})

test('the script waits for each job, refuses the result that comes too late, and ends with 1', async () => {
  const late = 'Too long to be read: '.repeat(4)
  const texts = [late, 'The cat saw the cat, and ran as cats do.', 'It ran and ran and ran.', '']
  const { code, stdout } = await runScript(['--within', '1.5', ...texts])
  const lines = stdout.trim().split('\n')
  expect(lines[0]).toMatch(/^waiting on http:\/\/localhost:\d+$/)
  expect(lines.filter((line) => line.startsWith('"'))).toEqual([
    '"Too long to be read:" failed: nothing came within 1.5 s',
    '"The cat saw the cat," is about cat',
    '"It ran and ran and r" is about ran',
    '"" failed: no words',
  ])
  expect(lines.filter((line) => line.startsWith('refused: '))).not.toEqual([])
  expect(code).toBe(1)
  expect(service.output()).toContain('job 1: called back, answered 410')
  expect(service.output()).toContain('job 2: called back, answered 200 {"ok":true}')
  expect(stdout + service.output()).not.toMatch(/eyJ|hks_/)
})

test('a script whose jobs are all done ends with 0 at once, though the service keeps its connections', async () => {
  const { code, stdout, lingered } = await runScript(['One cat.'])
  expect([code, stdout]).toEqual([0, expect.stringContaining('"One cat." is about One')])
  // The service keeps an unused connection for four seconds and more.
  expect(lingered).toBeLessThan(3000)
})

test('jobs that run at the same time each get their own result', async () => {
  const texts = ['dog dog', 'cat cat cat', 'cow']
  const results = await Promise.all(texts.map((text) => waiter.waitForHook((url) => startJob(text, url), { seconds: 10 })))
  expect(results.map(({ output }) => output)).toEqual(['dog', 'cat', 'cow'])
})

test('a forged URL, an altered one, and one that is only looked at bring no result', async () => {
  const result = await waiter.waitForHook(
    async (url) => {
      const strange = createMinter({ keys: generateKey(), baseUrl: 'http://localhost/hooks', expiresIn: '1h' })
      const forged = strange.mintSync({ command: '/onResult', id: 'x', maxUses: 1 })
      const altered = url.replace(/.(?=.{9}$)/, (character) => (character === 'A' ? 'B' : 'A'))
      const bad = { ...validResult, output: 'forged' }
      expect(await Promise.all([forged, altered].map((at) => post(at, bad)))).toEqual([
        [403, 'invalid_signature'],
        [403, 'invalid_signature'],
      ])
      expect((await sendToOrigin(waiter.origin)(pathOf(url), { method: 'GET' })).status).toBe(405)
      expect(await post(url, validResult)).toEqual([200, { ok: true }])
    },
    { seconds: 10 },
  )
  expect(result).toEqual(validResult)
  expect(logLines.filter((line) => line === 'refused: invalid_signature')).toHaveLength(2)
})

test('a result of another shape is refused, and the URL is as good as it was', async () => {
  const result = await waiter.waitForHook(
    async (url) => {
      expect(await post(url, { status: 'succeeded', output: { html: '<b>' } })).toEqual([422, 'invalid_payload'])
      expect(await post(url, validResult)).toEqual([200, { ok: true }])
    },
    { seconds: 10 },
  )
  expect(result).toEqual(validResult)
})

test('the same result again is taken for a repeat, and another one is refused: the first counts', async () => {
  let webhook = ''
  const handOut = async (url: string): Promise<void> => {
    webhook = url
    await post(url, validResult)
  }
  const result = await waiter.waitForHook(handOut, { seconds: 10 })
  expect(await post(webhook, validResult)).toEqual([200, { ok: true, repeated: true }])
  expect(await post(webhook, { ...validResult, output: 'dog' })).toEqual([410, 'already_used'])
  expect(result).toEqual(validResult)
})

test('after the time-out a result is refused: first since nobody waits, then since the URL has expired', async () => {
  let webhook = ''
  const handOut = async (url: string): Promise<void> => {
    webhook = url
  }
  const began = Date.now()
  await expect(waiter.waitForHook(handOut, { seconds: 0.2 })).rejects.toThrow('nothing came within 0.2 s')
  const [status] = await post(webhook, validResult)
  expect(status).toBe(410)
  await sleep(began + 2100 - Date.now())
  expect(await post(webhook, validResult)).toEqual([410, 'expired'])
  expect(logLines.at(-1)).toBe('refused: expired')
})

test('a service that does not take the job is told at once', async () => {
  const refuse = (): Promise<never> => Promise.reject(new Error('the service answered 503'))
  await expect(waiter.waitForHook(refuse, { seconds: 10 })).rejects.toThrow('the service answered 503')
})

async function startJob(text: string, webhook: string): Promise<void> {
  await sendToOrigin(service.origin)('/jobs', { method: 'POST', body: JSON.stringify({ text, webhook }) })
}

/** Posts as a service does: the status, with the code of a refusal or the whole answer. */
async function post(url: string, body: unknown): Promise<[status: number, answer: unknown]> {
  const headers = { 'content-type': 'application/json' }
  const asked = { method: 'POST', headers, body: JSON.stringify(body) } as const
  const answer = await sendToOrigin(waiter.origin)(pathOf(url), asked)
  const logLines = answer.body === '' ? {} : JSON.parse(answer.body)
  return [answer.status, answer.status === 200 ? logLines : logLines.code]
}

function pathOf(url: string): string {
  return new URL(url).pathname
}

interface ScriptResult {
  readonly code: unknown
  readonly stdout: string
  /** How long it ran on after its last word, in milliseconds. */
  readonly lingered: number
}

async function runScript(words: readonly string[]): Promise<ScriptResult> {
  const env = { ...process.env, PORT: '0', JOB_SERVICE: service.origin }
  return new Promise((resolve) => {
    let spoke = 0
    const script = execFile(
      process.execPath,
      ['--import', 'tsx', 'script.ts', ...words],
      { cwd, env },
      (error, stdout) => {
        resolve({ code: error?.code ?? 0, stdout, lingered: performance.now() - spoke })
      },
    )
    script.stdout?.on('data', () => {
      spoke = performance.now()
    })
  })
}
