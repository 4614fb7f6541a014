import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { createMinter, parseKeys } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { makeHome, otherKeys, type ProgramResult, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => home.remove())

const readKeys = (): string => readFileSync(join(home.path, 'keys.txt'), 'utf8')
const writeKeys = (text: string): void => writeFileSync(join(home.path, 'keys.txt'), text)
const readIds = (): (string | undefined)[] => parseKeys(readKeys()).map(({ id }) => id)
const readSecrets = (): unknown[] => parseKeys(readKeys()).map(({ secret }) => secret)

function rotate(step: 'add' | 'promote' | 'retire', ...args: string[]): Promise<ProgramResult> {
  const argv = ['keys', step, '--keys-file', 'keys.txt', ...args]
  return runInProcess(argv, { env: { HOME: home.path }, cwd: home.path })
}

describe('a rotation with IDs', () => {
  const minter = createMinter({ keys: `k1:${testKeys}`, baseUrl: 'https://a.example', expiresIn: '1d' })
  const url = minter.mintSync({ command: 'a' })

  test('begins by adding a key that only verifies', async () => {
    writeKeys(`k1:${testKeys}\n`)
    const { stderr } = await rotate('add', '--id', 'k2')
    expect(stderr).toContain('Added k2: it verifies but does not mint yet.')
    expect(stderr).toContain('hookurl keys promote --keys-file keys.txt --id k2\n')
    expect(readIds()).toStrictEqual(['k1', 'k2'])
  })

  test('promotes the added key to the one that mints', async () => {
    writeKeys(`k1:${testKeys}\nk2:${otherKeys}\n`)
    const { stderr } = await rotate('promote', '--id', 'k2')
    expect(stderr).toContain('Promoted k2: it now mints; k1 only verifies.')
    expect(stderr).toContain('hookurl keys retire --keys-file keys.txt --id k1 --max-lifetime 30d\n')
    expect(readIds()).toStrictEqual(['k2', 'k1'])
  })

  test('ends by removing the old key', async () => {
    writeKeys(`k2:${otherKeys}\nk1:${testKeys}\n`)
    const { stderr } = await rotate('retire', '--id', 'k1', '--now')
    expect(stderr).toContain('Removed k1.')
    expect(readIds()).toStrictEqual(['k2'])
  })

  test('accepts URLs of the old key until it is retired', async () => {
    const verify = (): string => createVerifier({ keys: readKeys() }).verifySync(url).command
    writeKeys(`k1:${testKeys}\n`)
    await rotate('add', '--id', 'k2')
    expect(verify()).toBe('a')
    await rotate('promote', '--id', 'k2')
    expect(verify()).toBe('a')
    await rotate('retire', '--id', 'k1', '--now')
    expect(verify).toThrow(expect.objectContaining({ code: 'unknown_key' }))
  })

  test('prints no key, exits with 0 and leaves no other file', async () => {
    writeKeys(`k1:${testKeys}\n`)
    for (const [step, ...flags] of [
      ['add', 'k2'],
      ['promote', 'k2'],
      ['retire', 'k1', '--now'],
    ] as const) {
      const { stdout, stderr, exit } = await rotate(step, '--id', ...flags)
      expect(stdout + stderr).not.toContain('hks_')
      expect(exit).toBe(0)
    }
    expect(readdirSync(home.path)).toStrictEqual(['keys.txt'])
  })

  test('with --json prints the keys of the file, one per line', async () => {
    writeKeys(`k1:${testKeys}`)
    const { stdout } = await rotate('add', '--id', 'k2', '--json')
    expect(parseJsonLines(stdout)).toMatchObject([
      { index: 0, id: 'k1', mints: true },
      { index: 1, id: 'k2', mints: false },
    ])
  })
})

describe('a rotation without IDs', () => {
  const [keyA, keyB] = parseKeys(`${testKeys} ${otherKeys}`).map(({ secret }) => secret)

  test('adds the new key in second place', async () => {
    writeKeys(`${testKeys},${otherKeys}`)
    await rotate('add')
    expect(readSecrets()).toStrictEqual([keyA, expect.anything(), keyB])
  })

  test('promotes the second key', async () => {
    writeKeys(`${testKeys},${otherKeys}`)
    await rotate('promote')
    expect(readSecrets()).toStrictEqual([keyB, keyA])
  })

  test('names the old key by its fingerprint, which retire accepts', async () => {
    writeKeys(`${testKeys},${otherKeys}`)
    await rotate('add')
    const added = readSecrets()[1]
    const { stderr } = await rotate('promote')
    expect(readSecrets()).toStrictEqual([added, keyA, keyB])
    const fingerprint = /--keys-file keys\.txt --id ([0-9a-f]{12}) /.exec(stderr)?.[1] as string
    await rotate('retire', '--id', fingerprint, '--now')
    expect(readSecrets()).toStrictEqual([added, keyB])
  })

  test('retires the last key', async () => {
    writeKeys(`${testKeys},${otherKeys}`)
    await rotate('retire', '--now')
    expect(readSecrets()).toStrictEqual([keyA])
  })
})

test('promoting the key that already mints changes nothing', async () => {
  writeKeys(`k1:${testKeys}\nk2:${otherKeys}\n`)
  const { stderr, exit } = await rotate('promote', '--id', 'k1')
  expect(stderr).toBe('k1 already mints. Nothing was changed.\n')
  expect(exit).toBe(0)
  expect(readKeys()).toBe(`k1:${testKeys}\nk2:${otherKeys}\n`)
})

describe('retire without --max-lifetime and --now', () => {
  test.each([
    ['the promoted key replaced it', async () => void (await rotate('promote'))],
    ['the file has no records', async () => {}],
  ])('is rejected and changes nothing, if %s', async (_name, prepare) => {
    writeKeys(`k1:${testKeys}\nk2:${otherKeys}\n`)
    await prepare()
    const before = readKeys()
    const { stdout, stderr, exit } = await rotate('retire')
    expect(stderr).toMatch(/error: URLs of k[12] may still be valid\. Nothing was changed\.\n/)
    expect(stderr).toContain(
      'Pass --max-lifetime 30d: the longest lifetime of your URLs. If the key leaked, pass --now.',
    )
    expect(stdout).toBe('')
    expect(exit).toBe(2)
    expect(readKeys()).toBe(before)
  })

  test('removes an added key, which has never minted', async () => {
    writeKeys(`k1:${testKeys}\n`)
    await rotate('add', '--id', 'k2')
    const { stderr, exit } = await rotate('retire', '--id', 'k2')
    expect(stderr).toContain('Removed k2.')
    expect(stderr).not.toContain('URLs that have not expired')
    expect(exit).toBe(0)
    expect(readIds()).toStrictEqual(['k1'])
  })

  test('changes nothing, without an error, if the key was already removed', async () => {
    writeKeys(`k1:${testKeys}\n`)
    await rotate('add', '--id', 'k2')
    await rotate('promote')
    await rotate('retire', '--now')
    const { stderr, exit } = await rotate('retire')
    expect(stderr).toContain('k1 was already removed. Nothing was changed.')
    expect(exit).toBe(0)
  })
})

describe('retire --max-lifetime', () => {
  // The file was last changed a day ago, when the other key was promoted.
  const promotedAt = new Date(Math.floor(Date.now() / 1000) * 1000 - 86_400_000)

  beforeEach(() => {
    writeKeys(`${testKeys}\n${otherKeys}\n`)
    utimesSync(join(home.path, 'keys.txt'), promotedAt, promotedAt)
  })

  test('is rejected until the last URL of the key has expired, and changes nothing', async () => {
    const before = readKeys()
    const last = new Date(promotedAt.getTime() + 30 * 86_400_000).toISOString()
    const { stderr, exit } = await rotate('retire', '--max-lifetime', '30d')
    expect(stderr).toContain(`may be valid until ${last.slice(0, 10)} ${last.slice(11, 19)} UTC, in 29 days`)
    expect(stderr).toContain('--now')
    expect(exit).toBe(2)
    expect(readKeys()).toBe(before)
  })

  test('with --now removes the key, and prints when its last URL expires', async () => {
    const last = new Date(promotedAt.getTime() + 30 * 86_400_000).toISOString()
    const { stderr, exit } = await rotate('retire', '--max-lifetime', '30d', '--now')
    expect(stderr).toContain(`expires ${last.slice(0, 10)} ${last.slice(11, 19)} UTC, in 29 days`)
    expect(exit).toBe(0)
    expect(readSecrets()).toHaveLength(1)
  })

  test('prints when the last URL of the removed key expired', async () => {
    const { stderr } = await rotate('retire', '--max-lifetime', '60')
    expect(stderr).toMatch(/expired .* UTC, (24 hours|1 day) ago\./)
  })
})

describe('a deploy script that runs each step twice', () => {
  const start = Date.UTC(2026, 10, 29)
  const day = 86_400_000

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: start })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  async function runTwice(step: 'add' | 'promote' | 'retire', ...args: string[]): Promise<ProgramResult> {
    const first = await rotate(step, ...args)
    const afterFirst = readKeys()
    const second = await rotate(step, ...args)
    expect(first.exit, first.stderr).toBe(0)
    expect(second.exit, second.stderr).toBe(0)
    expect(readKeys()).toBe(afterFirst)
    return second
  }

  describe.each([
    ['a file of keys', (text: string) => text, (text: string) => text],
    ['an .env file', (text: string) => `A=1\nHOOKURL_KEYS="${text.trim()}"\nB=2\n`, readEnvKeys],
    ['an .env file with CRLF', (text: string) => `A=1\r\nexport HOOKURL_KEYS=${text.trim()} # x\r\n`, readEnvKeys],
  ])('on %s', (_name, wrap, unwrap) => {
    const ids = (): (string | undefined)[] => parseKeys(unwrap(readKeys())).map(({ id }) => id)

    test.each([
      ['with IDs', (id: string) => ['--id', id], (id: string) => id],
      ['without IDs', () => [], () => undefined],
    ])('rotates twice, %s', async (_title, flags, idOf) => {
      writeKeys(wrap(`k1:${testKeys}\n`))
      for (const [oldId, newId] of [
        ['k1', 'k2'],
        ['k2', 'k3'],
      ] as const) {
        const oldName = ids()[0]
        const secret = (index: number): unknown => parseKeys(unwrap(readKeys()))[index]?.secret
        const old = secret(0)
        expect((await runTwice('add', ...flags(newId))).stderr).toContain('was already added')
        expect(ids()).toStrictEqual([oldName, idOf(newId)])
        const added = secret(1)
        expect((await runTwice('promote', ...flags(newId))).stderr).toContain('already mints')
        expect(ids()).toStrictEqual([idOf(newId), oldName])
        const early = await rotate('retire', ...flags(oldId), '--max-lifetime', '30d')
        expect(early.stderr).toContain('may be valid until')
        expect(early.exit).toBe(2)
        expect([secret(0), secret(1)]).toStrictEqual([added, old])
        vi.setSystemTime(Date.now() + 30 * day)
        expect((await runTwice('retire', ...flags(oldId), '--max-lifetime', '30d')).stderr).toContain('already removed')
        expect(parseKeys(unwrap(readKeys())).map(({ secret: bytes }) => bytes)).toStrictEqual([added])
        expect((await rotate('promote', ...flags(newId))).stderr).toContain('already mints')
      }
    })
  })

  test('never promotes or retires a key of the next rotation automatically', async () => {
    writeKeys(`k1:${testKeys}\n`)
    await rotate('add', '--id', 'k2')
    const { stderr, exit } = await rotate('retire')
    expect(stderr).toContain('no key has been replaced yet')
    expect(exit).toBe(2)
    expect(readIds()).toStrictEqual(['k1', 'k2'])
  })

  test('keeps an older key when the retirement is repeated', async () => {
    writeKeys(`k2:${testKeys}\nk1:${otherKeys}\n`)
    await rotate('add', '--id', 'k3')
    await rotate('promote')
    await rotate('retire', '--now')
    const { stderr } = await rotate('retire', '--now')
    expect(stderr).toContain('To remove another key, name it: hookurl keys retire --keys-file keys.txt --id k2')
    expect(readIds()).toStrictEqual(['k3', 'k2'])
  })

  test('records the steps as comments, which the library ignores', async () => {
    writeKeys(`# production\nk1:${testKeys}\n`)
    await rotate('add', '--id', 'k2')
    await rotate('promote')
    const lines = readKeys().replaceAll(/hks_[\w-]{43}/g, '@')
    expect(lines).toBe('# production\n# hookurl: k1 minted until 2026-11-29T00:00:00Z\nk2:@\nk1:@\n')
    expect(createVerifier({ keys: readKeys() })).toBeDefined()
  })
})

function readEnvKeys(text: string): string {
  return parseEnv(text).HOOKURL_KEYS as string
}
