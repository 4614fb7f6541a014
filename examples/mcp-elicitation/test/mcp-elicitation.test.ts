import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  ElicitationCompleteNotificationSchema,
  ElicitRequestSchema,
  type ElicitRequestURLParams,
} from '@modelcontextprotocol/sdk/types.js'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'
import { type HttpResponse, sendRequest } from '../../support/send-request.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate' }
const form = { ...browser, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
const clients: Client[] = []
let server: Program

beforeAll(async () => {
  const env = { HOOKURL_KEYS: testKey, PORT: String(await findFreePort()) }
  server = await startProgram([process.execPath, '--import', 'tsx', 'server.ts'], { cwd, env })
}, 60_000)

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
})

afterAll(async () => {
  await server?.stop()
  recordCheck(
    'mcp-elicitation',
    'an MCP client gets a URL; only the user of its session can sign in, return and decide',
  )
})

test('the user signs in, returns and approves, and the tool gets the choice and the comment', async () => {
  const { url, result, completed } = await callDeploy()
  const redirect = await open(url)
  expect(redirect.status).toBe(303)
  const login = new URL(redirect.headers.location ?? '', server.origin)
  const cookie = await signIn('ana', login)
  const returnTo = server.origin + login.searchParams.get('next')
  expect((await open(returnTo, cookie)).body).toContain('<h1>Deploy to production?</h1>')
  const done = await post(returnTo, cookie, 'choice=approve&comment=The+tests+pass')
  expect([done.status, getTitle(done)]).toEqual([200, 'Done'])
  expect(await result).toBe('4.2 is deployed: The tests pass.')
  expect(completed).toHaveLength(1)
})

test('the user rejects, and the tool does not deploy', async () => {
  const { url, result } = await callDeploy()
  await post(url, await signIn('ana'), 'choice=reject&comment=')
  expect(await result).toBe('4.2 is not deployed: no comment.')
})

test('another user cannot decide, and the user still can', async () => {
  const { url, result } = await callDeploy()
  const bob = await signIn('bob')
  expect([(await open(url, bob)).status, (await post(url, bob, 'choice=approve')).status]).toEqual([403, 403])
  await post(url, await signIn('ana'), 'choice=reject')
  expect(await result).toBe('4.2 is not deployed: no comment.')
})

test('a page of another site cannot decide for the user', async () => {
  const { url, result } = await callDeploy()
  const ana = await signIn('ana')
  const forged = { ...form, cookie: ana, 'sec-fetch-site': 'cross-site' }
  expect((await sendRequest(local(url), { method: 'POST', headers: forged, body: 'choice=approve' })).status).toBe(403)
  await post(url, ana, 'choice=reject')
  expect(await result).toBe('4.2 is not deployed: no comment.')
})

test('an agent that has the URL, but not the session of the user, cannot decide', async () => {
  const { url, result } = await callDeploy()
  const headers = { 'content-type': 'application/json', authorization: 'Bearer token-of-ana' }
  const response = await sendRequest(local(url), { method: 'POST', headers, body: '{"choice":"approve"}' })
  expect(response.status).toBe(401)
  await post(url, await signIn('ana'), 'choice=reject')
  expect(await result).toBe('4.2 is not deployed: no comment.')
})

test('the second decision finds the URL used', async () => {
  const { url, result } = await callDeploy()
  const ana = await signIn('ana')
  await post(url, ana, 'choice=reject')
  expect((await post(url, ana, 'choice=approve')).status).toBe(410)
  expect(await result).toBe('4.2 is not deployed: no comment.')
})

test('a client that declines ends the tool, and the URL no longer works', async () => {
  const { url, result } = await callDeploy({ action: 'decline' })
  expect(await result).toBe('4.2 is not deployed: the user did not open the URL.')
  expect((await post(url, await signIn('ana'), 'choice=approve')).status).toBe(410)
})

test('a client that cancels the call ends the wait, and the URL no longer works', async () => {
  const cancelling = new AbortController()
  const { url, result, sent } = await callDeploy({ signal: cancelling.signal })
  cancelling.abort()
  await expect(result).rejects.toThrow('abort')
  await expect.poll(() => sent.join()).toContain('notifications/cancelled')
  expect((await post(url, await signIn('ana'), 'choice=approve')).status).toBe(410)
})

interface DeployCall {
  readonly url: string
  /** What the tool returns to the agent. */
  readonly result: Promise<string>
  /** The ids of the elicitations that the server has reported as completed. */
  readonly completed: readonly string[]
  /** The messages of the client that the server has received. */
  readonly sent: readonly string[]
}

interface CallOptions {
  readonly action?: 'accept' | 'decline'
  /** Cancels the call. */
  readonly signal?: AbortSignal
}

/** Connects as ana's agent, and calls the tool. */
async function callDeploy({ action = 'accept', signal }: CallOptions = {}): Promise<DeployCall> {
  const client = new Client({ name: 'test', version: '1.0.0' }, { capabilities: { elicitation: { url: {} } } })
  clients.push(client)
  const completed: string[] = []
  const elicited = new Promise<string>((resolve) => {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      resolve((params as ElicitRequestURLParams).url)
      return { action }
    })
  })
  client.setNotificationHandler(ElicitationCompleteNotificationSchema, ({ params }) => {
    completed.push(params.elicitationId)
  })
  const sent: string[] = []
  const transport = new StreamableHTTPClientTransport(new URL(`${server.origin}/mcp`), {
    requestInit: { headers: { authorization: 'Bearer token-of-ana' } },
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      sent.push(String(init?.body))
      return response
    },
  })
  await client.connect(transport as never)
  const result = client
    .callTool({ name: 'deploy', arguments: { version: '4.2' } }, undefined, { signal })
    .then(({ content }) => (content as { text: string }[])[0]?.text ?? '')
  return { url: await elicited, result, completed, sent }
}

async function signIn(user: string, login: URL = new URL('/login', server.origin)): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await sendRequest(login.href, { method: 'POST', headers, body: `user=${user}` })
  return response.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

function open(url: string, cookie: string = ''): Promise<HttpResponse> {
  return sendRequest(local(url), { method: 'GET', headers: { ...browser, cookie } })
}

function post(url: string, cookie: string, body: string): Promise<HttpResponse> {
  return sendRequest(local(url), { method: 'POST', headers: { ...form, cookie }, body })
}

// The name localhost may resolve to an address that the server does not listen on.
function local(url: string): string {
  const { pathname, search } = new URL(url)
  return server.origin + pathname + search
}

function getTitle({ body }: HttpResponse): string | undefined {
  return /<title>(.*)<\/title>/.exec(body)?.[1]
}
