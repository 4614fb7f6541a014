import { describe, expect, test } from 'vitest'
import type { Reply } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { expectSafe, post } from './shared.ts'

const listed = 'https://app.example.com'
const cors = [listed, 'http://localhost:5173']
const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
const allowed = (reply: Reply): unknown => reply.header('access-control-allow-origin')

export function describeCors(subject: Subject): void {
  describe('pages of other origins', () => {
    test('the preflight of a listed origin is answered, and runs nothing', async () => {
      const headers = { origin: listed, ...preflight }
      const { reply, calls } = await post(subject, { method: 'OPTIONS', path: mintPath(), headers }, { cors })
      expect([reply.status, allowed(reply), calls]).toEqual([204, listed, []])
      expect(reply.header('access-control-allow-methods')).toBe('POST')
      expect(reply.header('access-control-allow-headers')).toBe('*')
      expect(reply.header('access-control-allow-credentials')).toBeUndefined()
      expect(reply.header('vary')).toMatch(/\borigin\b/i)
      expectSafe(reply)
    })

    const strangers = [
      'https://evil.example',
      'null',
      `${listed}.evil.example`,
      'https://APP.example.com',
      `${listed}/`,
    ]
    for (const origin of strangers) {
      test(`neither preflight nor answer lets ${origin} in`, async () => {
        const path = mintPath()
        const asked = await post(subject, { method: 'OPTIONS', path, headers: { origin, ...preflight } }, { cors })
        const sent = await post(subject, { path, headers: { origin } }, { cors })
        expect([allowed(asked.reply), allowed(sent.reply)]).toEqual([undefined, undefined])
        expect(asked.calls).toEqual([])
      })
    }

    test('a listed origin may read answers and refusals', async () => {
      const headers = { origin: listed }
      expect(allowed((await post(subject, { path: mintPath(), headers }, { cors })).reply)).toBe(listed)
      const refused = await post(subject, { path: mintPath({ command: '/other' }), headers }, { cors })
      expect([refused.reply.status, allowed(refused.reply)]).toEqual([404, listed])
    })

    test('without cors, nothing is said to any origin', async () => {
      const { reply } = await post(subject, { path: mintPath(), headers: { origin: listed } })
      expect([allowed(reply), reply.header('vary')]).toEqual([undefined, undefined])
    })

    test('a guard answers the preflight, and lets a listed origin read what the route says', async () => {
      const send = await subject.guard({ ...policy, command, cors, onError: () => {} }, () => ({ text: 'open' }))
      const path = mintPath()
      const asked = await send({ method: 'OPTIONS', path, headers: { origin: listed, ...preflight } })
      expect([asked.status, allowed(asked)]).toEqual([204, listed])
      const sent = await send({ method: 'POST', path, headers: { origin: listed } })
      expect([sent.status, sent.text, allowed(sent)]).toEqual([200, 'open', listed])
      const stranger = await send({
        method: 'OPTIONS',
        path,
        headers: { origin: 'https://evil.example', ...preflight },
      })
      expect([stranger.status, allowed(stranger)]).toEqual([405, undefined])
    })
  })
}
