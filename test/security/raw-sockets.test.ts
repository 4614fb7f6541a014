import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { policy } from '../../packages/verify/test/support/fixtures.ts'
import { type Subject, subjects } from '../../packages/verify/test/support/subjects.ts'
import { close, good } from './raw-sockets/requests.ts'
import type { SocketCase } from './raw-sockets/socket-case.ts'
import { socketCases } from './raw-sockets/all-cases.ts'
import { statusesIn, runSteps } from './raw-sockets/run-steps.ts'

// Those that listen on a socket and read HTTP/1 there.
const names = ['node, HTTP/1', 'express 5', 'express 4', 'fastify 5', 'hono, node', 'koa 3']
const served = subjects.filter(({ name }) => names.includes(name))
const quietMs = 800

test('every adapter that reads HTTP/1 from a socket is met', () => {
  expect(served.map(({ name }) => name).sort()).toEqual([...names].sort())
})

for (const row of socketCases) {
  test(`${row.what}: ${row.verdict === 'either' ? 'refused, or run whole' : row.verdict}, on every adapter`, async () => {
    const seen = await Promise.all(served.map((subject) => meet(subject, row)))
    expect(Object.fromEntries(seen.filter(([, breaches]) => breaches.length > 0))).toEqual({})
  })
}

/** Does a row to a subject; what is not as it must be. */
async function meet(
  subject: Subject,
  { steps, outcome, runs: expected = ['hello'] }: SocketCase,
): Promise<[string, string[]]> {
  const runs: unknown[] = []
  const errors: unknown[] = []
  const { port = 0 } = await subject.receiver({
    ...policy,
    handlers: { '*': ({ payload }) => void runs.push(payload) },
    bodyTimeout: '600ms',
    onError: (error) => void errors.push(error),
  })
  const statuses = statusesIn(await runSteps(port, steps, quietMs))
  const ran = JSON.stringify(runs)
  const breaches: string[] = []
  const isRun = isDeepStrictEqual(runs, expected)
  const isRefused = runs.length === 0 && !statuses.some((status) => status < 400)
  if (outcome === 'run' && !(isRun && statuses[0] === 200)) breaches.push('was not run as it must be')
  if (outcome === 'refused' && !isRefused) breaches.push('was not refused')
  // Some of what belongs together may be refused, but nothing else may be run.
  const isPart = expected.slice(0, runs.length).every((payload, at) => isDeepStrictEqual(payload, runs[at]))
  if (!isPart || runs.length > expected.length) breaches.push('ran what it must not')
  if (errors.length > 0) breaches.push(`failed: ${errors.map(String).join('; ')}`)
  runs.length = 0
  const [after] = statusesIn(await runSteps(port, [good('after', close)], quietMs))
  if (after !== 200 || runs[0] !== 'after') breaches.push(`answers ${after} to a good request afterwards`)
  return [subject.name, breaches.length === 0 ? [] : [...breaches, `statuses ${statuses}`, `runs ${ran.slice(0, 200)}`]]
}
