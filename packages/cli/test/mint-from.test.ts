import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ProgramResult, makeHome, run, testKeys } from './support/run.ts'

const program = fileURLToPath(new URL('../bin/hookurl.js', import.meta.url))
const verifier = createVerifier({ keys: testKeys })
const verify = (url: unknown) => verifier.verifySync(url as string, { ignore: ['uses'] })

let home: ReturnType<typeof makeHome>
let env: Record<string, string>
beforeEach(() => {
  home = makeHome()
  env = { HOME: home.path, HOOKURL_KEYS: testKeys, HOOKURL_BASE_URL: 'https://bot.example.com/h' }
})
afterEach(() => home.remove())

const at = (name: string): string => join(home.path, name)
const mint = (stdin: string | Uint8Array, ...args: string[]): Promise<ProgramResult> =>
  run(['mint', '--from', '-', ...args], { env, stdin, cwd: home.path })
const url = 'https://bot\\.example\\.com/h/[\\w.-]+'

describe('mint --from with CSV', () => {
  test('writes each row again with its URL, in the same order, delimiter, line breaks and values', async () => {
    const { stdout, exit } = await mint('\ufeffname;command;content\r\n"Ä; ""b""";/a;"two\r\nlines"\r\n\r\n;/b;=1+1')
    expect(stdout).toMatch(
      new RegExp(`^name;command;content;url\r\n"Ä; ""b""";/a;"two\r\nlines";${url}\r\n;/b;=1\\+1;${url}\r\n$`),
    )
    const [first, second] = [...stdout.matchAll(new RegExp(url, 'g'))].map(([text]) => verify(text))
    expect([first?.content, second?.content, first?.command]).toStrictEqual(['two\r\nlines', '=1+1', '/a'])
    expect(exit).toBe(0)
  })

  test('signs every column by its type', async () => {
    const cells = {
      command: '/a',
      userId: '0042',
      jsonContent: '"{""order"":7}"',
      redirectTo: 'https://cataas.com/cat',
      expiresAt: '2130-01-01',
      notBefore: '2020-01-01T00:00:00Z',
      allowGet: 'TRUE',
      issuedAt: 'no',
      uses: '3',
      id: 'order-7',
    }
    const { stdout } = await mint(`${Object.keys(cells).join()}\n${Object.values(cells).join()}\n`, '--json')
    expect(verify(JSON.parse(stdout).url)).toStrictEqual({
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

  test("takes flags for all rows, and a row's own cell before them", async () => {
    const rows = 'command,content,expiresIn,expiresAt\n/own,mine,,\n,,never,\n,,,2130-01-01\n'
    const flags = ['--command', '/all', '--json-content', '7', '--user-id', 'u', '--expires-at', '2140-01-01']
    const { stdout, stderr } = await mint(rows, '--json', ...flags)
    const hooks = stdout
      .trim()
      .split('\n')
      .map((line) => verify(JSON.parse(line).url))
    expect(hooks.map(({ command }) => command)).toStrictEqual(['/own', '/all', '/all'])
    expect(hooks.map(({ content }) => content)).toStrictEqual(['mine', 7, 7])
    expect(hooks.map(({ userId }) => userId)).toStrictEqual(['u', 'u', 'u'])
    expect(hooks.map(({ expiresAt }) => expiresAt?.getUTCFullYear())).toStrictEqual([2140, undefined, 2130])
    expect(stderr).toContain('1 of them never expire')
  })

  test('seals the rows that ask for it', async () => {
    const { stdout } = await mint('command,seal,content\n/a,yes,secret\n/a,,open\n', '--json')
    const urls = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).url as string)
    expect(urls.map((each) => each.split('/').at(-1)?.split('.').length)).toStrictEqual([5, 3])
    expect((await verifier.verify(urls[0] as string)).content).toBe('secret')
  })

  test('says which columns were passed on and not signed', async () => {
    const { stderr } = await mint('command,email,Name\n/a,a@b.example,B\n')
    expect(stderr).toBe('1 URL minted.\nPassed on, not signed: email, Name\n')
  })

  test.each([
    ['user_id\n1\n', 'the column user_id is not one of mint', 'Write userId.'],
    ['Command\n/a\n', 'the column Command is not', 'Write command.'],
    ['command,url\n/a,b\n', 'there is a column url already', 'Rename it'],
    ['command,command\n/a,/b\n', 'there are two columns command', 'Remove one'],
    ['', 'there is nothing to read', 'Give CSV'],
    ['command,userId\n/a\n', 'line 2: it has 1 cells where the header has 2', 'Correct the row.'],
    ['command,content\n\n"/a","1\n2"\n,x\n', 'line 5: command is missing', 'say --command'],
    ['command,content\n/a,"open\n/b,x\n', 'line 2: its quotation marks do not match (it goes on to line', '--errors'],
    ['command,redirectTo\n/a,http://x.example\n', 'line 2: redirectTo is not https', '--errors FILE collects'],
    ['command,content,jsonContent\n/a,1,2\n', 'content and jsonContent contradict', 'Fill one'],
    ['command,jsonContent\n/a,{\n', 'line 2: jsonContent is not JSON', 'Write JSON'],
    ['command,allowGet\n/a,maybe\n', 'line 2: allowGet must be true or false', 'Write true'],
    ['command,uses\n/a,1.5\n', 'line 2: uses must be a whole number', 'digits'],
    ['command,expiresAt\n/a,noon\n', 'line 2: expiresAt is not a moment', 'Write 2030'],
    [`command,content\n/a,"${'x'.repeat(1_200_000)}`, 'line 2: the row has no end', 'Close its quotation marks'],
    [Buffer.from([0x63, 0xff, 0x0a]), 'what was read is not UTF-8', 'Convert it'],
  ])('refuses a file with exit 2 and writes none (case %#)', async (rows, message, fix) => {
    const { stdout, stderr, exit } = await mint(rows, '-o', 'out.csv')
    expect(stderr).toContain(message)
    expect(stderr).toContain(fix)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
    expect(readdirSync(home.path)).toStrictEqual([])
  })
})

describe('mint --from with NDJSON', () => {
  test('keeps each row byte for byte, numbers that JavaScript would round too', async () => {
    const rows = ['{ "command":"/a", "n":12345678901234567890, "x":1.50 }', '{"content":[1,{"a":null}],"userId":7}']
    const { stdout, exit } = await mint(`${rows.join('\n\n')}\r\n`, '--command', '/b')
    const [first = '', second = ''] = stdout.split('\n')
    expect(first).toMatch(/^\{ "command":"\/a", "n":12345678901234567890, "x":1\.50,"url":"https:/)
    expect(verify(JSON.parse(first).url).command).toBe('/a')
    expect(verify(JSON.parse(second).url)).toMatchObject({ command: '/b', userId: '7', content: [1, { a: null }] })
    expect(exit).toBe(0)
  })

  test.each([
    ['[1]', 'line 1: it is not a JSON object'],
    ['{"command":"/a"}\n\n{"command":', 'line 3: it is not a JSON object'],
    ['{"command":"/a","userId":12345678901234567890}', 'line 1: userId must be a text'],
    ['{"command":"/a","expires_in":1}', 'line 1: the column expires_in is not one of mint'],
    ['{"command":"/a","url":1}', 'line 1: there is a column url already'],
    [`{"command":"${'a'.repeat(1_200_000)}`, 'line 1: the row has no end'],
  ])('refuses a row with exit 2 (case %#)', async (rows, message) => {
    // A first row that begins as an object tells the format.
    const { stderr, exit } = await mint(rows.startsWith('[') ? `{"command":"/a"}\n${rows}` : rows, '--command', 'c')
    expect(stderr).toContain(rows.startsWith('[') ? message.replace('line 1', 'line 2') : message)
    expect(exit).toBe(2)
  })
})

describe('mint --from, of many rows', () => {
  const pad = 'ä"\n'.replaceAll('"', '""')
  const rows = Array.from({ length: 20_000 }, (_each, index) => `/a,${index},"${pad}${'é'.repeat(index % 7)}"`)
  const text = `command,userId,content\n${rows.join('\n')}\n`

  test('mints every one, in order, across the borders of what is read at once', async () => {
    writeFileSync(at('in.csv'), text)
    const { exit, stderr } = await run(['mint', '--from', 'in.csv', '-o', 'out.csv'], { env, cwd: home.path })
    expect(stderr).toBe('20,000 URLs minted.\n')
    expect(exit).toBe(0)
    const urls = [...readFileSync(at('out.csv'), 'utf8').matchAll(new RegExp(url, 'g'))].map(([each]) => each)
    expect(urls).toHaveLength(20_000)
    for (let index = 0; index < urls.length; index += 1000) {
      expect(verify(urls[index])).toMatchObject({ userId: `${index}`, content: `ä"\n${'é'.repeat(index % 7)}` })
    }
  })

  test('with --errors puts the bad ones there, with line and code, and writes the rest', async () => {
    const lines = Array.from({ length: 12 }, (_each, index) => `/a,https://a.example/${index}`)
    lines[5] = '/a,http://a.example'
    lines[7] = `/a,https://a.example/${'x'.repeat(300)}`
    const { exit, stderr } = await mint(
      `command,redirectTo\n${lines.join('\n')}\n`,
      '-o',
      'out.csv',
      '--errors',
      'bad.csv',
      '--max-url-length',
      '300',
    )
    expect(readFileSync(at('bad.csv'), 'utf8')).toMatch(
      /^line,code,message\n7,redirect_forbidden,.*\n9,url_too_long,.*\n$/,
    )
    const written = readFileSync(at('out.csv'), 'utf8').trim().split('\n')
    expect(written.map((line) => line.split(',')[1])).toStrictEqual([
      'redirectTo',
      ...[0, 1, 2, 3, 4, 6, 8, 9, 10, 11].map((index) => `https://a.example/${index}`),
    ])
    expect(stderr).toContain('10 URLs minted.')
    expect(stderr).toContain('2 rows refused: see bad.csv')
    expect(exit).toBe(2)
  })

  test('leaves an empty file of errors where there are none, not an older one', async () => {
    writeFileSync(at('bad.nd'), 'old')
    await mint('{"command":"/a"}', '-o', 'out.nd', '--errors', 'bad.nd')
    expect(readFileSync(at('bad.nd'), 'utf8')).toBe('')
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s half-way leaves what was there before', async (signal) => {
    writeFileSync(at('out.csv'), 'before')
    const child = spawn(process.execPath, [program, 'mint', '--from', '-', '-o', 'out.csv'], { env, cwd: home.path })
    child.stdin.write(text.slice(0, 200_000))
    while (!readdirSync(home.path).some((name) => /^\.out\.csv\./.test(name) && statSync(at(name)).size > 0)) {
      await sleep(10)
    }
    child.kill(signal)
    const [exit] = await once(child, 'close')
    expect(exit).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal])
    expect(readdirSync(home.path)).toStrictEqual(['out.csv'])
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('before')
  })

  test('a file that reaches its limit leaves what was there before, with exit 2', async () => {
    writeFileSync(at('out.csv'), 'before')
    const line = 'ulimit -f 64; exec "$0" "$1" mint --from - -o out.csv'
    const child = spawn('/bin/sh', ['-c', line, process.execPath, program], { env, cwd: home.path })
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.stdin.on('error', () => {})
    child.stdin.end(text)
    const [exit] = await once(child, 'close')
    expect(stderr).toContain('-o: the file out.csv cannot be written (EFBIG)')
    expect(exit).toBe(2)
    expect(readdirSync(home.path)).toStrictEqual(['out.csv'])
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('before')
  })

  test('says that a disk is full, and does not replace a device', async (context) => {
    if (!existsSync('/dev/full')) return context.skip('there is no /dev/full')
    const { stderr, exit } = await mint(text, '-o', '/dev/full')
    expect(stderr).toContain('-o: the file /dev/full cannot be written (ENOSPC)\n  fix: Make room there')
    expect(exit).toBe(2)
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true)
  })

  test('makes files for their owner only, keeps the mode of one that is there, and follows links', async () => {
    await mint('{"command":"/a"}', '-o', 'new.nd')
    expect(statSync(at('new.nd')).mode & 0o777).toBe(0o600)
    chmodSync(at('new.nd'), 0o644)
    symlinkSync('new.nd', at('link'))
    await mint('{"command":"/b"}', '-o', 'link')
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
    expect(statSync(at('new.nd')).mode & 0o777).toBe(0o644)
    expect(readFileSync(at('new.nd'), 'utf8')).toContain('/b')
  })

  test('writes over the file that it reads only at the end', async () => {
    writeFileSync(at('same.csv'), text)
    await run(['mint', '--from', 'same.csv', '-o', 'same.csv'], { env, cwd: home.path })
    expect(readFileSync(at('same.csv'), 'utf8').match(/https:/g)).toHaveLength(20_000)
  })

  test.each([
    [['--from', 'none.csv'], '--from: the file none.csv cannot be read (ENOENT)'],
    [['--from', '.'], '--from: the file . cannot be read (EISDIR)'],
    [['--from', '-', '-o', 'no/where'], '-o: the file no/where cannot be written (ENOENT)'],
    [['--from', '-', '-o', '.'], '-o: the file . cannot be written (EISDIR)'],
    [['--from', '-', '--content', '-'], 'both read stdin'],
    [['--from', '-', '--keys-file', '-'], 'does not start with hks_'],
    [['--from', '-', '--id', 'x'], '--id is for one URL'],
    [['--from', '-', '--qr'], '--qr is for one URL'],
    [['--command', 'a', '--errors', 'x'], '--errors belongs to --from'],
    [['--command', 'a', '-o', 'x'], '-o belongs to --from or --qr'],
  ])('refuses `mint %j`', async (args, message) => {
    const { stderr, exit, stdout } = await run(['mint', ...args], { env, cwd: home.path, stdin: 'command\n/a\n' })
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^error: .*\n {2}fix: \S/m)
    expect(stdout).toBe('')
    expect(exit).not.toBe(0)
  })
})

describe('the progress bar', () => {
  const hasScript = existsSync('/usr/bin/script')
  const noScript = 'script of util-linux, which makes a terminal, is not installed'
  test('is drawn on a terminal: share, rows, rate and time left', async (context) => {
    if (!hasScript) return context.skip(noScript)
    const shown = await onTerminal({ TERM: 'xterm' })
    expect(shown).toMatch(/[█░]{24} \d+% \| [\d,]+ rows \| [\d,]+ a second \| \d+ s left/)
    expect(shown).toContain('20,000 URLs minted.')
  })

  test('is not drawn on a dumb terminal', async (context) => {
    if (!hasScript) return context.skip(noScript)
    expect(await onTerminal({ TERM: 'dumb' })).toBe('20,000 URLs minted.\r\n')
  })

  async function onTerminal(more: Record<string, string>): Promise<string> {
    const rows = Array.from({ length: 20_000 }, (_each, index) => `/a,${index}`)
    writeFileSync(at('in.csv'), `command,userId\n${rows.join('\n')}\n`)
    rmSync(at('out.csv'), { force: true })
    const line = `'${process.execPath}' '${program}' mint --from in.csv -o out.csv`
    const child = spawn('/usr/bin/script', ['-qefc', line, '/dev/null'], { env: { ...env, ...more }, cwd: home.path })
    let shown = ''
    child.stdout.on('data', (chunk) => (shown += chunk))
    await once(child, 'close')
    return shown
  }
})
