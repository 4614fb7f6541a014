import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { policy } from '../../packages/verify/test/support/fixtures.ts'
import { type Subject, subjects } from '../../packages/verify/test/support/subjects.ts'
import { socketCases } from './raw-sockets/all-cases.ts'
import { close, valid } from './raw-sockets/requests.ts'
import { parseStatuses, runSteps } from './raw-sockets/run-steps.ts'
import type { SocketCase } from './raw-sockets/socket-case.ts'

// The adapters that listen on a socket and read HTTP/1 from it.
const names = ['node, HTTP/1', 'express 5', 'express 4', 'fastify 5', 'hono, node', 'koa 3']
const servers = subjects.filter(({ name }) => names.includes(name))
const quietMs = 800
const titles: Readonly<Record<SocketCase['outcome'], string>> = {
  handled: 'is handled',
  rejected: 'is rejected',
  either: 'is rejected or handled completely',
}

test('every adapter that reads HTTP/1 from a socket is checked', () => {
  expect(servers.map(({ name }) => name).sort()).toEqual([...names].sort())
})

for (const socketCase of socketCases) {
  test(`${socketCase.what}: ${titles[socketCase.outcome]} by every adapter`, async () => {
    const breaches = await Promise.all(
      servers.map(async (subject) => [subject.name, await findBreaches(subject, socketCase)] as const),
    )
    expect(Object.fromEntries(breaches.filter(([, found]) => found.length > 0))).toEqual({})
  })
}

/** Runs a case against an adapter and returns how the adapter deviates from it. */
async function findBreaches(
  subject: Subject,
  { steps, outcome, payloads: expected = ['hello'] }: SocketCase,
): Promise<string[]> {
  const payloads: unknown[] = []
  const errors: unknown[] = []
  const { port = 0 } = await subject.receiver({
    ...policy,
    handlers: { '*': ({ payload }) => void payloads.push(payload) },
    bodyTimeout: '600ms',
    onError: (error) => void errors.push(error),
  })
  const statuses = parseStatuses(await runSteps(port, steps, quietMs))
  const handled = [...payloads]
  payloads.length = 0
  const [nextStatus] = parseStatuses(await runSteps(port, [valid('after', close)], quietMs))

  const breaches: string[] = []
  const isHandled = isDeepStrictEqual(handled, expected)
  const isRejected = handled.length === 0 && !statuses.some((status) => status < 400)
  if (outcome === 'handled' && !(isHandled && statuses[0] === 200)) breaches.push('was not handled as expected')
  if (outcome === 'rejected' && !isRejected) breaches.push('was not rejected')
  // With `either`, some requests of a sequence may be rejected, but no unexpected payload may be handled.
  const isPrefix = expected.slice(0, handled.length).every((payload, at) => isDeepStrictEqual(payload, handled[at]))
  if (!isPrefix || handled.length > expected.length) breaches.push('handled an unexpected payload')
  if (errors.length > 0) breaches.push(`failed: ${errors.map(String).join('; ')}`)
  if (nextStatus !== 200 || payloads[0] !== 'after') {
    breaches.push(`responded with ${nextStatus} to a valid request afterwards`)
  }
  if (breaches.length === 0) return []
  return [...breaches, `statuses ${statuses}`, `handled ${JSON.stringify(handled).slice(0, 200)}`]
}
