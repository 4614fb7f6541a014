import { readdirSync } from 'node:fs'
import type { Hook } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { allRestrictions } from '../../src/io/restrictions.ts'
import { type MintFolder, makeMintFolder } from '../support/mint-from.ts'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { testKeys } from '../support/run.ts'

const verifier = createVerifier({ keys: testKeys })

let folder: MintFolder
beforeEach(() => {
  folder = makeMintFolder()
})
afterEach(() => folder.remove())

async function mintUrls(rows: string, ...flags: string[]): Promise<string[]> {
  const { stdout } = await folder.mintFrom(rows, '--json', ...flags)
  return parseJsonLines(stdout).map(({ url }) => url)
}

async function mintHooks(rows: string, ...flags: string[]): Promise<Hook[]> {
  const urls = await mintUrls(rows, ...flags)
  return urls.map((url) => verifier.verifySync(url, { ignore: ['uses'] }))
}

describe('the columns of mint --from', () => {
  test('are parsed by their types and signed', async () => {
    const cells = {
      command: '/a',
      userId: '0042',
      jsonContent: '"{""order"":7}"',
      redirectTo: 'https://cataas.com/cat',
      expiresAt: '2130-01-01',
      notBefore: '2020-01-01T00:00:00Z',
      allowGet: 'TRUE',
      issuedAt: 'no',
      maxUses: '3',
      id: 'order-7',
    }
    const [hook] = await mintHooks(`${Object.keys(cells).join()}\n${Object.values(cells).join()}\n`)
    expect(hook).toStrictEqual({
      command: '/a',
      userId: '0042',
      content: { order: 7 },
      redirectTo: 'https://cataas.com/cat',
      allowGet: true,
      maxUses: 3,
      id: 'order-7',
      notBefore: new Date('2020-01-01T00:00:00Z'),
      expiresAt: new Date('2130-01-01T00:00:00Z'),
      key: { index: 0 },
    })
  })

  test('encrypt the rows whose cell encrypt is true', async () => {
    const urls = await mintUrls('command,encrypt,content\n/a,yes,secret\n/a,,open\n')
    expect(urls.map((url) => url.split('/').at(-1)?.split('.').length)).toStrictEqual([5, 3])
    expect((await verifier.verify(urls[0] as string)).content).toBe('secret')
  })

  test('restrict the URLs of their rows', async () => {
    const rows = 'command,userId,requireUser,requireSignature\n/a,42,yes,\n/a,,,yes\n/a,,,\n'
    const hooks = (await mintUrls(rows)).map((url) => verifier.verifySync(url, { ignore: allRestrictions }))
    expect(hooks.map(({ requiresUser }) => requiresUser)).toStrictEqual([true, undefined, undefined])
    expect(hooks.map(({ requiresSignature }) => requiresSignature)).toStrictEqual([undefined, true, undefined])
  })

  test('bind the URLs to the states of their rows', async () => {
    const urls = await mintUrls('command,state,jsonState\n/a,hunter2,\n/a,,"[""v1"",7]"\n/a,,\n')
    const states = ['hunter2', ['v1', 7], undefined]
    const hooks = urls.map((url, index) =>
      createVerifier({ keys: testKeys, state: () => states[index] }).verifySync(url),
    )
    expect(hooks.map(({ isStateBound }) => isStateBound)).toStrictEqual([true, true, undefined])
    expect(() => createVerifier({ keys: testKeys, state: () => 'changed' }).verifySync(urls[0] as string)).toThrow(
      /state/,
    )
  })

  test.each([
    ['a name with an underscore', 'user_id\n1\n', 'unknown column user_id', 'Rename it to userId.'],
    ['a capitalized name', 'Command\n/a\n', 'unknown column Command', 'Rename it to command.'],
    ['url', 'command,url\n/a,b\n', 'the input already has a column named url', 'Rename it'],
    ['two contents', 'command,content,jsonContent\n/a,1,2\n', 'content and jsonContent are both set', 'Set one'],
    ['invalid JSON', 'command,jsonContent\n/a,{\n', 'line 2: jsonContent is not JSON', 'Write JSON'],
    ['two states', 'command,state,jsonState\n/a,1,2\n', 'state and jsonState are both set', 'Set one'],
    ['a state that is not JSON', 'command,jsonState\n/a,{\n', 'line 2: jsonState is not JSON', 'the column state'],
    ['requireUser without userId', 'command,requireUser\n/a,yes\n', 'line 2: requireUser', 'userId'],
    ['an unknown boolean', 'command,allowGet\n/a,maybe\n', 'line 2: allowGet must be true or false', 'Write true'],
    ['a fraction', 'command,maxUses\n/a,1.5\n', 'line 2: maxUses must be an integer', 'digits'],
    ['an unknown time', 'command,expiresAt\n/a,noon\n', 'line 2: expiresAt is not a timestamp', 'Write 2030'],
  ])('are rejected with exit 2 for %s, and no file is written', async (_name, rows, message, fix) => {
    const { stdout, stderr, exit } = await folder.mintFrom(rows, '-o', 'out.csv')
    expect(stderr).toContain(message)
    expect(stderr).toContain(fix)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
    expect(readdirSync(folder.path)).toStrictEqual([])
  })
})

describe('a cell', () => {
  const rows = 'command,content,expiresIn,expiresAt\n/own,mine,,\n,,never,\n,,,2130-01-01\n'
  const flags = ['--command', '/all', '--json-content', '7', '--user-id', 'u', '--expires-at', '2140-01-01']

  test('overrides the flag, unless it is empty', async () => {
    expect(await mintHooks(rows, ...flags)).toMatchObject([
      { command: '/own', content: 'mine', userId: 'u' },
      { command: '/all', content: 7, userId: 'u' },
      { command: '/all', content: 7, userId: 'u' },
    ])
  })

  test('expiresIn or expiresAt overrides --expires-at', async () => {
    const hooks = await mintHooks(rows, ...flags)
    expect(hooks.map(({ expiresAt }) => expiresAt?.getUTCFullYear())).toStrictEqual([2140, undefined, 2130])
  })
})
