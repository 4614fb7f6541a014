import { createMinter } from '@hookurl/core'
import { afterAll, expect, test } from 'vitest'
import { makeHome, otherKeys, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { spawnListen } from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
afterAll(home.remove)

const minter = createMinter({ keys: testKeys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1d' })
const url = minter.mintSync({ command: '/a' })

async function getExitCode(args: readonly string[], moreEnv: Record<string, string> = {}): Promise<number | null> {
  return (await runInProcess(args, { env: { ...env, ...moreEnv } })).exit
}

const preload = `crypto.getRandomValues = () => { throw new Error('it broke') }`

/** A way to end with each exit code. An unexpected error and a signal take a process. */
const endings: Readonly<Record<number, () => Promise<number | null>>> = {
  0: () => getExitCode(['verify', url]),
  1: async () => {
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(preload)}`
    return (await run(['keys', 'new'], { env: { ...env, NODE_OPTIONS } })).exit
  },
  2: () => getExitCode(['verify', '--at', 'noon', url]),
  3: () => getExitCode(['verify', url], { HOOKURL_KEYS: otherKeys }),
  4: () => getExitCode(['verify', '--at', '+9d', url]),
  5: () => getExitCode(['verify', '--command', '/b', url]),
  6: () => getExitCode(['verify', url], { HOOKURL_KEYS: 'x' }),
  7: () => getExitCode(['send', '--timeout', '1s', 'http://127.0.0.1:1']),
  130: async () => {
    const { program } = await spawnListen([], env)
    program.kill('SIGINT')
    return (await program.ended).exit
  },
}

test('the help lists exactly these exit codes', async () => {
  const { stdout } = await runInProcess(['--help'], { env })
  const list = stdout.split('Exit codes:\n')[1] ?? ''
  const codes = [...list.matchAll(/(?<=^| {2})(\d+) /gm)].map(([, code]) => code)
  expect(codes).toStrictEqual(Object.keys(endings))
})

test.each(Object.keys(endings))('a program can end with exit code %s', async (code) => {
  expect(await endings[Number(code)]?.()).toBe(Number(code))
})

// `runInProcess` reads process.exitCode: this is what the process ends with.
test('the built program ends with the exit code of an error', async () => {
  expect((await run(['verify', url], { env: { ...env, HOOKURL_KEYS: otherKeys } })).exit).toBe(3)
})
