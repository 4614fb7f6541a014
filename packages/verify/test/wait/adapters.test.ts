import { createWaiter, memoryWaitStore } from '@hookurl/verify/wait'
import { describe, expect, test } from 'vitest'
import { browserHeaders } from '../contract/shared.ts'
import { summarize } from '../support/counting-receiver.ts'
import { baseUrl, key, toPath } from '../support/fixtures.ts'
import { subjects } from '../support/subjects.ts'

describe.each(subjects)('$name', (subject) => {
  test('mounts the receiver of a waiter', async () => {
    const waiter = createWaiter({ keys: key, baseUrl, waits: memoryWaitStore() })
    const send = await subject.receiver(waiter.receiver)
    const { url, received } = await waiter.open({ command: '/onResult' })
    const path = toPath(url)
    expect((await send({ path, headers: browserHeaders })).text).toContain('<button')
    const headers = { 'content-type': 'application/json', authorization: 'Bearer x', 'x-event': 'done' }
    const post = (body: string) => send({ method: 'POST', path, headers, body })
    expect(summarize(await post('{"n":1}'))).toBe('200 ok')
    expect(summarize(await post('{"n":1}'))).toBe('200 duplicate')
    expect(summarize(await post('{"n":2}'))).toBe('410 already_used')
    const callback = await received
    expect(callback).toMatchObject({ command: '/onResult', payload: { n: 1 } })
    expect([callback.headers.get('x-event'), callback.headers.get('authorization')]).toEqual(['done', null])
  })
})
