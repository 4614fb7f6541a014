import { createMinter } from '@hookurl/core'
import type { IncomingRequest } from '@hookurl/verify/internal'
import { expect, test } from 'vitest'
import { createGuards } from '../../src/gate/guards.ts'
import { testKeys } from '../support/run.ts'

test('a late request without a use to count is a rejection that names --timeout', async () => {
  const guards = createGuards({
    keys: testKeys,
    purpose: '',
    commands: ['/a'],
    store: undefined,
    timeoutMs: 50,
    onError: () => {},
  })
  const minter = createMinter({ keys: testKeys, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })
  const { pathname: target } = new URL(minter.mintSync({ command: '/a' }))
  const request: IncomingRequest = {
    native: undefined,
    method: 'POST',
    target,
    headers: new Headers(),
    header: () => undefined,
    readBody: () => ({ kind: 'none' }),
    request: () => new Request(`http://localhost${target}`, { method: 'POST' }),
  }
  const passage = guards.respond(request, 'store_unavailable')
  const result = await passage.received
  if (result.kind === 'authorized') await result.end({ status: 503, isDelivered: true })
  const event = passage.event()
  expect(event?.outcome).toBe('rejected')
  expect(event?.error?.message).toBe('verifying took longer than --timeout (50 ms)')
  expect(event?.hook?.command).toBe('/a')
  guards.close()
})
