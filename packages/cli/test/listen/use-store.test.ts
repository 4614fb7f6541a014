import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { makeHome, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { killListen, listenWhile, mintUrl, type StartedListen, spawnListen } from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)

function inHome(name: string): string {
  return join(home.path, name)
}

async function postStatus(url: string, body: string): Promise<number> {
  return (await fetch(url, { method: 'POST', body })).status
}

test('listen counts uses in memory by default', async () => {
  await listenWhile([], env, async (base) => {
    const url = mintUrl(base, { maxUses: 1 })
    expect(await postStatus(url, '1')).toBe(200)
    expect(await postStatus(url, '2')).toBe(410)
  })
})

describe('listen --uses-dir', () => {
  let listen: StartedListen | undefined
  afterEach(() => killListen(listen))

  test('remembers uses after a restart', async () => {
    const args = ['--uses-dir', inHome('uses')]
    listen = await spawnListen(args, env)
    const path = new URL(mintUrl('http://localhost', { maxUses: 2 })).pathname
    expect(await postStatus(listen.base + path, '1')).toBe(200)
    listen.program.kill('SIGTERM')
    expect((await listen.program.ended).exit).toBe(143)
    listen = await spawnListen(args, env)
    expect(await postStatus(listen.base + path, '2')).toBe(200)
    expect(await postStatus(listen.base + path, '3')).toBe(410)
  })

  test('a folder that cannot be used is exit code 2', async () => {
    writeFileSync(inHome('file'), '')
    const { stderr, exit } = await runInProcess(['listen', '--port', '0', '--uses-dir', join(inHome('file'), 'x')], {
      env,
    })
    expect(stderr).toContain('--uses-dir: cannot use the folder')
    expect(exit).toBe(2)
  })

  // Node's module loader is replaced, which belongs to a process.
  test('says what to install where lmdb is missing', async () => {
    const preload = `import Module from 'node:module'
const resolve = Module._resolveFilename
Module._resolveFilename = (name, ...rest) => {
  if (name === 'lmdb') throw Object.assign(new Error('missing'), { code: 'MODULE_NOT_FOUND' })
  return resolve.call(Module, name, ...rest)
}`
    const options = { env: { ...env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` } }
    const { stderr, exit } = await run(['listen', '--port', '0', '--uses-dir', inHome('uses')], options)
    expect(stderr).toContain('npm install lmdb@3')
    expect(exit).toBe(2)
  })

  // An open store must not keep the process running.
  test('the process ends where the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const args = ['listen', '--port', String(port), '--uses-dir', inHome('other')]
    const { exit } = await run(args, { env: { ...env, HOOKURL_KEYS: testKeys } })
    server.close()
    expect(exit).toBe(2)
  })
})
