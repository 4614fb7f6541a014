import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { postgresAbsence, type SqlServer, startPostgres } from '../../../packages/verify/test/support/sql-servers.ts'
import { testKey } from '../../../tools/snippets.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type KillableProgram, startKillable } from '../../support/killable-program.ts'
import { recordCheck } from '../../support/record-check.ts'
import { type HttpResponse, sendRequest } from '../../support/send-request.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const runs: KillableProgram[] = []
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
  const url = await findUrl(killed)
  await killed.kill()

  const restarted = startRefund('2001')
  expect(await findUrl(restarted)).toBe(url)
  expect((await decide(url, 'approve', 'damaged')).status).toBe(200)
  expect(await findResult(restarted)).toBe('2001: refunded 49, damaged')

  const later = startRefund('2001')
  expect(await findResult(later)).toBe('2001: refunded 49, damaged')
  expect(later.output()).not.toContain('decide:')
}, 120_000)

test('a decision is not lost if the process is killed right after its response', async () => {
  const killed = startRefund('2002')
  const url = await findUrl(killed)
  expect((await decide(url, 'reject', 'too late')).status).toBe(200)
  await killed.kill()
  expect(await findResult(startRefund('2002'))).toBe('2002: not refunded, too late')
}, 120_000)

/** Starts the program, which continues what its predecessor has started. */
function startRefund(order: string): KillableProgram {
  const env = { DATABASE_URL: database.url, HOOKURL_KEYS: testKey, PORT: String(port) }
  const run = startKillable([process.execPath, '--import', 'tsx', 'refund.ts', order, '49'], { cwd, env })
  runs.push(run)
  return run
}

function findUrl(run: KillableProgram): Promise<string> {
  return run.find(/^decide: (\S+)\n/m)
}

function findResult(run: KillableProgram): Promise<string> {
  return run.find(/^(\d+: .*)\n/m)
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
