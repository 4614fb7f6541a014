import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { postgresAbsence, type SqlServer, startPostgres } from '../../../packages/verify/test/support/sql-servers.ts'
import { testKey } from '../../../tools/snippets.ts'
import { findFreePort } from '../../support/free-port.ts'
import { recordCheck } from '../../support/record-check.ts'
import { type HttpResponse, sendRequest } from '../../support/send-request.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const runs: RefundRun[] = []
let database: SqlServer
let port: number

beforeEach((context) => (postgresAbsence === undefined ? undefined : context.skip(postgresAbsence)))

beforeAll(async () => {
  if (postgresAbsence !== undefined) return
  database = await startPostgres()
  port = await findFreePort()
}, 60_000)

afterEach(async () => {
  for (const run of runs.splice(0)) await run.kill()
})

afterAll(async () => {
  if (postgresAbsence !== undefined) return
  await database?.stop()
  recordCheck('langgraph-interrupt', 'a graph that was interrupted continues with a decision, also after kill -9')
})

test('a decision resumes the graph, also in a process that was started later', async () => {
  const killed = startRefund('2001')
  const url = await killed.findUrl()
  await killed.kill()

  const restarted = startRefund('2001')
  expect(await restarted.findUrl()).toBe(url)
  expect((await decide(url, 'approve', 'damaged')).status).toBe(200)
  expect(await restarted.findResult()).toBe('2001: refunded 49, damaged')

  const later = startRefund('2001')
  expect(await later.findResult()).toBe('2001: refunded 49, damaged')
  expect(later.output()).not.toContain('decide:')
}, 60_000)

test('a decision is not lost if the process is killed right after its response', async () => {
  const killed = startRefund('2002')
  const url = await killed.findUrl()
  expect((await decide(url, 'reject', 'too late')).status).toBe(200)
  await killed.kill()
  expect(await startRefund('2002').findResult()).toBe('2002: not refunded, too late')
}, 60_000)

interface RefundRun {
  output(): string
  findUrl(): Promise<string>
  findResult(): Promise<string>
  kill(): Promise<void>
}

function startRefund(order: string): RefundRun {
  const env = { ...process.env, DATABASE_URL: database.url, HOOKURL_KEYS: testKey, PORT: String(port) }
  const child = spawn(process.execPath, ['--import', 'tsx', 'refund.ts', order, '49'], { cwd, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const find = async (pattern: RegExp): Promise<string> => {
    await expect.poll(() => output, { timeout: 30_000 }).toMatch(pattern)
    return pattern.exec(output)?.[1] ?? ''
  }
  const run = {
    output: () => output,
    findUrl: () => find(/^decide: (\S+)\n/m),
    findResult: () => find(new RegExp(`^(${order}: .*)\n`, 'm')),
    kill: () => kill(child),
  }
  runs.push(run)
  return run
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

function decide(url: string, choice: string, comment: string): Promise<HttpResponse> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  // The name localhost may resolve to an address that the server does not listen on.
  const local = new URL(new URL(url).pathname, `http://127.0.0.1:${port}`)
  return sendRequest(local.href, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ choice, comment }).toString(),
  })
}
