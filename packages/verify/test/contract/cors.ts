import { describe, expect, test } from 'vitest'
import type { TestResponse } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { expectSecurityHeaders, sendRequest } from './shared.ts'

const listed = 'https://app.example.com'
const cors = [listed, 'http://localhost:5173']
const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
const unlisted = ['https://evil.example', 'null', `${listed}.evil.example`, 'https://APP.example.com', `${listed}/`]

/** What pages of other origins can do. */
export function describeCors(subject: Subject): void {
  describe('CORS', () => {
    test('a preflight from a listed origin gets 204 and the CORS headers', async () => {
      const headers = { origin: listed, ...preflight }
      const { response } = await sendRequest(subject, { method: 'OPTIONS', path: mintPath(), headers }, { cors })
      expect(response.status).toBe(204)
      expect(getAllowedOrigin(response)).toBe(listed)
      expect(response.header('access-control-allow-methods')).toBe('POST')
      expect(response.header('access-control-allow-headers')).toBe('*')
      expect(response.header('access-control-allow-credentials')).toBeUndefined()
      expect(response.header('vary')).toMatch(/\borigin\b/i)
      expectSecurityHeaders(response)
    })

    test('a preflight runs nothing', async () => {
      const headers = { origin: listed, ...preflight }
      const { calls } = await sendRequest(subject, { method: 'OPTIONS', path: mintPath(), headers }, { cors })
      expect(calls).toEqual([])
    })

    for (const [what, path] of [
      ['an invalid signature', mintPath().replace(/.{5}$/, 'AAAAA')],
      ['an unknown command', mintPath({ command: '/other' })],
    ] as const) {
      test(`a preflight of a URL with ${what} gets 204, so that the page can read the error`, async () => {
        const headers = { origin: listed, ...preflight }
        const { response } = await sendRequest(subject, { method: 'OPTIONS', path, headers }, { cors })
        expect(response.status).toBe(204)
        expect(getAllowedOrigin(response)).toBe(listed)
      })
    }

    for (const origin of unlisted) {
      test(`a preflight from ${origin} does not allow it`, async () => {
        const headers = { origin, ...preflight }
        const { response, calls } = await sendRequest(
          subject,
          { method: 'OPTIONS', path: mintPath(), headers },
          { cors },
        )
        expect(getAllowedOrigin(response)).toBeUndefined()
        expect(calls).toEqual([])
      })

      test(`a response does not allow ${origin}`, async () => {
        const { response } = await sendRequest(subject, { path: mintPath(), headers: { origin } }, { cors })
        expect(getAllowedOrigin(response)).toBeUndefined()
      })
    }

    test('a listed origin can read a response', async () => {
      const { response } = await sendRequest(subject, { path: mintPath(), headers: { origin: listed } }, { cors })
      expect(getAllowedOrigin(response)).toBe(listed)
    })

    test('a listed origin can read a rejection', async () => {
      const request = { path: mintPath({ command: '/other' }), headers: { origin: listed } }
      const { response } = await sendRequest(subject, request, { cors })
      expect(response.status).toBe(404)
      expect(getAllowedOrigin(response)).toBe(listed)
    })

    test('without the cors option, a response has no CORS headers', async () => {
      const { response } = await sendRequest(subject, { path: mintPath(), headers: { origin: listed } })
      expect(getAllowedOrigin(response)).toBeUndefined()
      expect(response.header('vary')).toBeUndefined()
    })

    const guard = () =>
      subject.guard({ ...policy, command, cors, onError: () => {} }, () => ({ text: 'from the route' }))

    test('a guard responds to the preflight of a listed origin', async () => {
      const send = await guard()
      const headers = { origin: listed, ...preflight }
      const response = await send({ method: 'OPTIONS', path: mintPath(), headers })
      expect(response.status).toBe(204)
      expect(getAllowedOrigin(response)).toBe(listed)
    })

    test('a listed origin can read the response of a guarded route', async () => {
      const send = await guard()
      const response = await send({ method: 'POST', path: mintPath(), headers: { origin: listed } })
      expect(response.text).toBe('from the route')
      expect(getAllowedOrigin(response)).toBe(listed)
    })

    test('a guard rejects the preflight of an unlisted origin', async () => {
      const send = await guard()
      const headers = { origin: 'https://evil.example', ...preflight }
      const response = await send({ method: 'OPTIONS', path: mintPath(), headers })
      expect(response.status).toBe(405)
      expect(getAllowedOrigin(response)).toBeUndefined()
    })
  })
}

function getAllowedOrigin(response: TestResponse): string | undefined {
  return response.header('access-control-allow-origin')
}
