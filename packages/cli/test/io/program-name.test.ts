import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { getProgramName, nameProgram } from '../../src/io/program-name.ts'
import { makeHome, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

const home = makeHome()
afterAll(home.remove)
afterEach(() => vi.unstubAllEnvs())

const npx = { npm_command: 'exec', npm_config_user_agent: 'npm/11.19.1 node/v20.20.2 linux x64 workspaces/false' }

function stubRunner(command: string | undefined, agent: string | undefined): void {
  vi.stubEnv('npm_command', command)
  vi.stubEnv('npm_config_user_agent', agent)
}

describe('the name of the program', () => {
  // As these runners set them: npm 11, pnpm 12, Yarn 1 and 4.
  test.each([
    ['npx', 'exec', npx.npm_config_user_agent, 'npx hookurl'],
    ['an older npx', 'exec', undefined, 'npx hookurl'],
    ['an npm script', 'run', npx.npm_config_user_agent, 'hookurl'],
    ['pnpm exec', 'exec', 'pnpm/12.21.0 npm/? node/? linux x64', 'pnpm exec hookurl'],
    ['pnpm dlx', 'dlx', 'pnpm/12.21.0 npm/? node/? linux x64', 'pnpm dlx hookurl'],
    ['Yarn 1', undefined, 'yarn/1.22.22 npm/? node/v20.20.2 linux x64', 'yarn hookurl'],
    ['Yarn 4', undefined, 'yarn/4.18.1 npm/? node/v20.20.2 linux x64', 'yarn hookurl'],
    ['a shell', undefined, undefined, 'hookurl'],
  ])('is, if %s has started it: %s, %s', (_runner, command, agent, expected) => {
    stubRunner(command, agent)
    expect(getProgramName()).toBe(expected)
  })

  test.each([
    ['Create a key with `hookurl keys new`.', 'Create a key with `npx hookurl keys new`.'],
    ['To rotate, run: hookurl keys add --keys-file a', 'To rotate, run: npx hookurl keys add --keys-file a'],
    ["jq -c '.[]' FILE | hookurl mint --from - …", "jq -c '.[]' FILE | npx hookurl mint --from - …"],
    ['See `hookurl --help`.', 'See `npx hookurl --help`.'],
    ['hookurl cannot sign requests like x', 'hookurl cannot sign requests like x'],
  ])('replaces hookurl in the commands of the fix %j', (fix, expected) => {
    stubRunner(npx.npm_command, npx.npm_config_user_agent)
    expect(nameProgram(fix)).toBe(expected)
  })
})

describe('started by npx, the program prints commands that npx can run', () => {
  const env = { HOME: home.path, ...npx }

  test.each([
    ['after keys new', ['keys', 'new', '--keys-file', 'a.txt'], 'Next: npx hookurl mint --keys-file a.txt --command'],
    ['after keys add', ['keys', 'add', '--keys-file', 'a.txt'], 'Then run: npx hookurl keys promote --keys-file a.txt'],
    ['in the fix of a usage error', ['mint', '--command', 'a', '-x'], 'fix: See `npx hookurl mint --help`.'],
  ])('%s', async (_name, args, expected) => {
    expect((await runInProcess(args, { env, cwd: home.path })).stderr).toContain(expected)
  })

  test('in the fixes of doctor', async () => {
    const { stdout } = await runInProcess(['doctor'], { env, cwd: home.path })
    expect(stdout).toContain('`npx hookurl keys new` creates a key')
  })

  test('for rows that were rejected', async () => {
    const args = ['mint', '--from', '-', '--errors', 'bad.csv']
    const { stderr } = await runInProcess(args, {
      env: { ...env, HOOKURL_KEYS: testKeys },
      cwd: home.path,
      stdin: 'command,maxUses\na,x\n',
    })
    expect(stderr).toContain('run: npx hookurl mint --from bad.csv …')
  })

  test('as a process', async () => {
    const { stderr } = await run(['keys', 'new', '--keys-file', 'c.txt'], { env, cwd: home.path })
    expect(stderr).toContain('Next: npx hookurl mint')
  })
})
