// Runs the recipes of docs/security.md with the real loggers: no token may occur in what they write.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMinter } from '@hookurl/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../../examples/support/free-port.ts'
import { readFences } from '../../tools/docs/markdown.ts'
import { explainAbsence, findProgram } from '../../tools/setup/programs.js'
import { readSnippets, testKey, withServer } from '../../tools/snippets.ts'

const page = 'docs/security.md'
const options = { keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' } as const
const hook = { command: '/onWebhook', userId: 42, content: 'Did you see the cat?' }
const tokens = [
  createMinter(options).mintSync(hook),
  createMinter(options).mintSync({ ...hook, encrypt: true }),
  createMinter({ ...options, tokenFormat: 'short' }).mintSync(hook),
].map((url) => url.slice(url.lastIndexOf('/') + 1))

// What a token leaves in a log, whole or in part: its claims, ciphertext or signature.
const parts = tokens.flatMap((token) => token.split('.')).filter((part) => part.length > 30)

/** The requests that are logged: the target, and headers. */
const requests: readonly (readonly [target: string, headers?: Record<string, string>])[] = tokens.flatMap((token) => [
  [`/hooks/${token}`],
  [`/hooks/${token}A`],
  [`/hooks/${token.slice(0, -9)}`],
  [`/hooks/${token.replaceAll('.', '%2E')}`],
  [`/hooks/${[...token].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')}`],
  [`/hooks?t=${token}`],
  [`/hooks?x=1&t=${token.replaceAll('.', '%2e')}`],
  [`/no-such-route/${token}`],
  [`/no-such-route/${token}/more?t=${token}`],
  ['/hooks', { referer: `https://bot.example.com/hooks/${token}` }],
])

async function sendAll(origin: string): Promise<number[]> {
  const statuses: number[] = []
  for (const [target, headers = {}] of requests) {
    for (const method of ['POST', 'GET']) statuses.push((await fetch(origin + target, { method, headers })).status)
  }
  // The last request shows that everything before it was logged.
  await fetch(`${origin}/last-request`)
  return statuses
}

function expectNoToken(log: string): void {
  const decoded = log.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  for (const part of parts) {
    expect(decoded).not.toContain(part)
    expect(decoded).not.toContain(part.slice(0, 24))
  }
}

const recipes = readSnippets(page).filter(({ name }) => name.startsWith('security-log-'))

test('there is a recipe for Fastify, two ways, for morgan and for Hono', () => {
  expect(recipes.map(({ name }) => name.slice('security-log-'.length))).toEqual([
    'fastify',
    'serializer',
    'morgan',
    'hono',
  ])
})

for (const recipe of recipes) {
  test(`"${recipe.name}" logs every request, and no token`, async () => {
    await withServer(recipe, async (origin, getOutput) => {
      const statuses = await sendAll(origin)
      expect(statuses).toContain(200)
      await expect.poll(getOutput).toContain('/last-request')
      expect(getOutput().match(/\[hook [0-9a-f]{6}\]/g)?.length).toBeGreaterThanOrEqual(requests.length)
      expectNoToken(getOutput())
      if (/"level":30/.test(getOutput())) for (const line of getOutput().trim().split('\n')) JSON.parse(line)
    })
  })
}

test('without the recipes, the check finds the tokens', () => {
  for (const [target] of requests) {
    if (target !== '/hooks') expect(() => expectNoToken(target)).toThrow()
  }
})

const nginx = findProgram('nginx')

describe.skipIf(nginx === undefined)(nginx === undefined ? explainAbsence('nginx') : 'nginx', () => {
  test('logs every request, and no token, also if the upstream is down', async () => {
    const upstream = createServer((_request, response) => response.end())
    await once(upstream.listen(0, '127.0.0.1'), 'listening')
    const { port: upstreamPort } = upstream.address() as AddressInfo
    const { origin, readLogs } = await startNginx(nginx as string, upstreamPort)
    expect(new Set(await sendAll(origin))).toEqual(new Set([200]))
    await new Promise((resolve) => upstream.close(resolve))
    expect(new Set(await sendAll(origin))).toEqual(new Set([502]))
    await expect.poll(() => readLogs().match(/last-request/g)).toHaveLength(2)
    const logs = readLogs()
    expectNoToken(logs)
    expect(logs).toMatch(/^127\.0\.0\.1 \[.+\] POST "\/hooks" 200 \d+ "node"$/m)
    expect(logs).toMatch(/ GET "\/no-such-route" 502 /)
    expect(logs.trim().split('\n')).toHaveLength(2 * (2 * requests.length + 1))
  })
})

interface RunningNginx {
  readonly origin: string
  readLogs(): string
}

async function startNginx(program: string, upstreamPort: number): Promise<RunningNginx> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-nginx-'))
  const recipe = readFences(page).find(({ language }) => language === 'nginx')?.code ?? ''
  const port = await findFreePort()
  mkdirSync(join(folder, 'logs'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const config = `daemon off; master_process off; pid ${folder}/nginx.pid;
events {}
http {
${temporary.join('\n')}
${recipe.replaceAll('/var/log/nginx', `${folder}/logs`)}
server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${upstreamPort}; } }
}`
  writeFileSync(join(folder, 'nginx.conf'), config)
  const args = ['-e', join(folder, 'logs/error.log'), '-p', folder, '-c', join(folder, 'nginx.conf')]
  const child = spawn(program, args, { stdio: 'ignore' })
  onTestFinished(async () => {
    await stop(child)
    rmSync(folder, { recursive: true })
  })
  const read = (name: string): string => readFileSync(join(folder, 'logs', name), 'utf8')
  const origin = `http://127.0.0.1:${port}`
  await expect.poll(() => isReachable(origin), { timeout: 5000 }).toBe(true)
  return { origin, readLogs: () => read('access.log') + read('error.log') }
}

// A connection without a request is not logged.
async function isReachable(origin: string): Promise<boolean> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'close')
  child.kill()
  await ended
}
