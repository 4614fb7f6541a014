import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { makeHome } from '../support/run.ts'
import { type StartedListen, startListen, stopListen } from '../support/start-listen.ts'

const home = makeHome()
afterAll(home.remove)

let listen: StartedListen | undefined
afterEach(async () => {
  if (listen !== undefined) await stopListen(listen)
  listen = undefined
})

async function openInspector(...args: string[]): Promise<{ port: number; stderr: string }> {
  listen = await startListen(['--inspector-port', '0', ...args], { HOME: home.path })
  const stderr = await listen.program.waitForStderr(/Inspector: \S+\n/)
  return { port: Number(/Inspector: http:\/\/[^/]*:(\d+)\//.exec(stderr)?.[1]), stderr }
}

async function getStatus(port: number, headers: Record<string, string>): Promise<number | undefined> {
  const outgoing = request({ host: '127.0.0.1', port, headers, agent: false })
  outgoing.end()
  const [response] = await once(outgoing, 'response')
  response.resume()
  return response.statusCode
}

describe('listen --inspector-host', () => {
  test('listens on this machine only by default', async () => {
    const { port, stderr } = await openInspector()
    expect(stderr).not.toContain('WARNING')
    expect(await getStatus(port, { host: `192.0.2.1:${port}` })).toBe(421)
  })

  test('warns loudly if other machines can reach it, and prints an address that can be opened', async () => {
    const { stderr } = await openInspector('--inspector-host', '0.0.0.0')
    expect(await listen?.program.waitForStderr(/WARNING: other machines can reach the inspector/)).toContain(
      'not encrypted',
    )
    expect(stderr).toMatch(/Inspector: http:\/\/127\.0\.0\.1:\d+\/#/)
  })

  test.each([
    ['localhost', 200],
    ['localhost:9000', 200],
    ['192.0.2.1:9000', 200],
    ['[2001:db8::1]:80', 200],
    ['rebound.example', 421],
    ['1.2.3.4.rebound.example', 421],
  ])('accepts addresses, but no other names, once it is published: %s', async (host, status) => {
    const { port } = await openInspector('--inspector-host', '0.0.0.0')
    expect(await getStatus(port, { host })).toBe(status)
  })

  test('still rejects other origins and requests without the secret', async () => {
    const { port } = await openInspector('--inspector-host', '0.0.0.0')
    expect(await getStatus(port, { host: '192.0.2.1', origin: 'http://evil.example' })).toBe(403)
    const outgoing = request({ host: '127.0.0.1', port, path: '/api/events', headers: { host: '192.0.2.1' } })
    outgoing.end()
    const [response] = await once(outgoing, 'response')
    response.resume()
    expect(response.statusCode).toBe(401)
  })
})
