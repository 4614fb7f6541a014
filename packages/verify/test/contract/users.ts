import type { GuardOptions, ReceiverOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import type { SendRequest, TestRequest, TestResponse } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { readNativeHeader } from '../support/native-requests.ts'
import type { Subject } from '../support/subjects.ts'
import { apiHeaders, browserHeaders, expectPage, expectProblem } from './shared.ts'

interface Sent {
  readonly response: TestResponse
  /** Who acted, for each run. */
  readonly actors: readonly unknown[]
}

type Options = Pick<ReceiverOptions, 'user' | 'signIn' | 'cors'>

const userPath = () => mintPath({ userId: 'ana', requireUser: true })
const own = { 'sec-fetch-site': 'same-origin' }

/** URLs that only their user can use. */
export function describeUsers(subject: Subject): void {
  const user = (native: unknown) => readNativeHeader(subject.name, native, 'x-user')
  const signIn = (returnTo: string, native: unknown) =>
    `/login?host=${readNativeHeader(subject.name, native, 'x-host')}&next=${encodeURIComponent(returnTo)}`

  const hosts: readonly [
    kind: string,
    create: (options: Options) => Promise<{ send: SendRequest; actors: unknown[] }>,
  ][] = [
    [
      'a receiver',
      async (options) => {
        const actors: unknown[] = []
        const handlers = { [command]: ({ actor }: { actor?: string }) => void actors.push(actor) }
        return { send: await subject.receiver({ ...policy, onError: () => {}, handlers, ...options }), actors }
      },
    ],
    [
      'a guard',
      async (options) => {
        const actors: unknown[] = []
        const guard: GuardOptions = { ...policy, onError: () => {}, command, ...options }
        const route = (hook: { actor?: string }) => {
          actors.push(hook.actor)
          return { text: 'from the route' }
        }
        return { send: await subject.guard(guard, route as never), actors }
      },
    ],
  ]

  for (const [kind, create] of hosts) {
    describe(`users at ${kind}`, () => {
      async function sendRequest(request: TestRequest, options: Options = { user, signIn }): Promise<Sent> {
        const { send, actors } = await create(options)
        return { response: await send({ method: 'POST', body: '', ...request }), actors }
      }

      test('the user that the URL is for runs the command, and is the actor', async () => {
        const headers = { ...apiHeaders, ...own, 'x-user': 'ana' }
        const { response, actors } = await sendRequest({ path: userPath(), headers })
        expect(response.status).toBe(200)
        expect(actors).toEqual(['ana'])
      })

      test('another user is rejected as wrong_user', async () => {
        const path = userPath()
        const { response, actors } = await sendRequest({ path, headers: { ...apiHeaders, ...own, 'x-user': 'bob' } })
        expect(response.status).toBe(403)
        expectProblem(response, 'wrong_user', path)
        expect(response.text).not.toMatch(/ana|bob/)
        expect(actors).toEqual([])
      })

      test('an API client without a user gets 401 and a challenge', async () => {
        const path = userPath()
        const { response, actors } = await sendRequest({ path, headers: apiHeaders })
        expect(response.status).toBe(401)
        expect(response.header('www-authenticate')).toBe('HookurlUser')
        expectProblem(response, 'sign_in_required', path)
        expect(actors).toEqual([])
      })

      test('a browser without a user is sent to signIn, and its user returns with a handle', async () => {
        const path = userPath()
        const { send, actors } = await create({ user, signIn })
        const headers = { ...browserHeaders, 'x-host': 'h' }
        const redirect = await send({ method: 'GET', path, headers })
        expect(redirect.status).toBe(303)
        const location = new URL(redirect.header('location') ?? '', 'https://bot.example.com')
        expect([location.pathname, location.searchParams.get('host')]).toEqual(['/login', 'h'])
        expect(redirect.header('location')).not.toContain(path.slice(-43))
        const returnTo = location.searchParams.get('next') ?? ''
        expect(returnTo).toMatch(/^\/hooks\/eyJ[\w.-]+$/)

        const page = await send({ method: 'GET', path: returnTo, headers: { ...browserHeaders, 'x-user': 'ana' } })
        expect(page.status).toBe(200)
        expectPage(page, path)
        expect(actors).toEqual([])
        const confirmed = { ...browserHeaders, ...own, 'x-user': 'ana' }
        expect((await send({ method: 'POST', path: returnTo, headers: confirmed, body: '' })).status).toBe(200)
        expect(actors).toEqual(['ana'])
      })

      test('a browser that returns without a user gets a page, not another redirect', async () => {
        const { send } = await create({ user, signIn })
        const redirect = await send({ method: 'GET', path: userPath(), headers: browserHeaders })
        const location = new URL(redirect.header('location') ?? '', 'https://bot.example.com')
        const path = location.searchParams.get('next') ?? ''
        const response = await send({ method: 'GET', path, headers: browserHeaders })
        expect(response.status).toBe(401)
        expectPage(response, path)
      })

      test('a form of another site is denied, and user is not called', async () => {
        let calls = 0
        const headers = { ...browserHeaders, 'sec-fetch-site': 'cross-site', 'x-user': 'ana' }
        const counted = () => {
          calls++
          return 'ana'
        }
        const { response, actors } = await sendRequest({ path: userPath(), headers }, { user: counted })
        expect(response.status).toBe(403)
        expect([actors, calls]).toEqual([[], 0])
      })

      test('cors does not apply', async () => {
        const origin = 'https://app.example.com'
        const headers = { origin, 'sec-fetch-site': 'cross-site', 'x-user': 'ana' }
        const { response, actors } = await sendRequest({ path: userPath(), headers }, { user, cors: [origin] })
        expect(response.status).toBe(403)
        expect(response.header('access-control-allow-origin')).toBeUndefined()
        expect(actors).toEqual([])
      })

      test('a preflight of an origin that cors lists is rejected', async () => {
        const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'POST' }
        const request = { method: 'OPTIONS', path: userPath(), headers, body: undefined as never }
        const { response } = await sendRequest(request, { user, cors: [headers.origin] })
        expect(response.status).toBe(405)
        expect(response.header('access-control-allow-origin')).toBeUndefined()
      })

      test('without the option user, it is rejected as not_configured', async () => {
        const path = userPath()
        const { response, actors } = await sendRequest({ path, headers: { ...apiHeaders, ...own } }, {})
        expect(response.status).toBe(503)
        expectProblem(response, 'not_configured', path)
        expect(actors).toEqual([])
      })
    })
  }
}
