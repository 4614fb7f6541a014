import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import { sign } from '@octokit/webhooks-methods'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const json = { 'content-type': 'application/json' }
let server: Program

beforeAll(async () => {
  const env = { HOOKURL_KEYS: testKey, PORT: '0' }
  server = await startProgram([process.execPath, '--import', 'tsx', 'server.ts'], { cwd, env })
}, 60_000)

afterAll(async () => {
  await server?.stop()
  recordCheck('github-deliveries', 'deliveries signed by @octokit/webhooks-methods; edited and unsigned ones get 403')
})

test('the program that emulates GitHub delivers what is signed, and nothing else', async () => {
  const { url, secret } = await addWebhook('ada/cats')
  const github = spawnSync(process.execPath, ['--import', 'tsx', 'github.ts', url, secret], { cwd, encoding: 'utf8' })
  expect(github.stdout).toBe('ping → 200\npush → 200\npush, edited → 403\npush, without a signature → 403\n')
  await expect.poll(() => server.output()).toContain('ada/cats: ping\nada/cats: push refs/heads/main\n')
  expect(server.output()).not.toContain('evil')
})

test('each URL has its own secret', async () => {
  const [one, other] = [await addWebhook('ada/cats'), await addWebhook('ada/cats')]
  expect(one.secret).toMatch(/^[\w-]{43}$/)
  expect(one.secret).not.toBe(other.secret)
  expect((await deliver(one.url, { secret: other.secret, repository: 'ada/cats' })).status).toBe(403)
})

test('a delivery about another repository is rejected, even if it is signed', async () => {
  const { url, secret } = await addWebhook('ada/cats')
  expect((await deliver(url, { secret, repository: 'eve/dogs' })).status).toBe(422)
})

test('the secret in a header of GitLab proves nothing here', async () => {
  const { url, secret } = await addWebhook('ada/cats')
  const headers = { ...json, 'x-gitlab-token': secret }
  expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(403)
})

test('the secret is not in the URL', async () => {
  const { url, secret } = await addWebhook('ada/cats')
  expect(url).not.toContain(secret)
  expect(JSON.stringify(inspect(url))).not.toContain(secret)
})

async function addWebhook(repository: string): Promise<{ url: string; secret: string }> {
  const response = await fetch(`${server.origin}/webhooks`, { method: 'POST', body: JSON.stringify({ repository }) })
  expect(response.status).toBe(201)
  return (await response.json()) as { url: string; secret: string }
}

async function deliver(url: string, { secret, repository }: { secret: string; repository: string }): Promise<Response> {
  const body = JSON.stringify({ repository: { full_name: repository } })
  const headers = { ...json, 'x-hub-signature-256': await sign(secret, body) }
  return fetch(url, { method: 'POST', headers, body })
}
