import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, testKeys } from '../support/run.ts'
import { mintUrl } from '../support/start-listen.ts'

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))
const home = makeHome()
const server = createServer((_request, response) => void response.end('{"ok":true}\n'))
let base = ''
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  home.remove()
})

const gate = join(home.path, 'gate.cjs')
const env = { PATH: process.env.PATH, HOME: home.path, HOOKURL_KEYS: testKeys, HOOKURL_BASE_URL: 'https://a.example/h' }
const minter = createMinter({ keys: testKeys, baseUrl: 'https://a.example/h', expiresIn: '1d' })
const url = minter.mintSync({ command: 'a' })
const rows = `userId\n${Array.from({ length: 2000 }, (_each, index) => index).join('\n')}\n`

interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built program in a shell, with redirections. */
async function runInShell(args: readonly string[], redirections: string, stdin = ''): Promise<Ended> {
  const line = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('/bin/sh', ['-c', `exec ${line} ${redirections}`], { env })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const [exit] = await once(child, 'close')
  return { exit, stdout, stderr }
}

type CommandRow = readonly [name: string, args: () => string[], stdin: string | undefined]

const commands = (
  [
    ['--help', () => ['--help']],
    ['--version', () => ['--version']],
    ['mint', () => ['mint', '--command', 'a']],
    ['mint --json', () => ['mint', '--command', 'a', '--json']],
    ['mint --from', () => ['mint', '--command', 'a', '--from', '-'], rows],
    ['mint --from --json', () => ['mint', '--command', 'a', '--from', '-', '--json'], rows],
    ['inspect', () => ['inspect', url]],
    ['verify', () => ['verify', url]],
    ['verify -', () => ['verify', '-'], `${url}\n`.repeat(500)],
    ['send', () => ['send', base]],
    ['send --json', () => ['send', '--json', base]],
    ['keys new', () => ['keys', 'new']],
    ['keys list', () => ['keys', 'list']],
    ['keys jwk', () => ['keys', 'jwk']],
    ['doctor', () => ['doctor']],
    ['completion', () => ['completion', 'bash']],
  ] as readonly (readonly [name: string, args: () => string[], stdin?: string])[]
).map(([name, args, stdin]): CommandRow => [name, args, stdin])

describe('a full disk', () => {
  beforeEach((context) => {
    if (!existsSync('/dev/full')) context.skip('there is no /dev/full on this system')
  })

  test.each(commands)('on stdout is an error with a fix and exit code 7: %s', async (name, args, stdin) => {
    const { exit, stderr } = await runInShell(args(), '>/dev/full', stdin)
    if (name.endsWith('--json')) {
      const last = JSON.parse(stderr.trimEnd().split('\n').at(-1) as string)
      expect(last.error).toMatchObject({ code: 'output_failed', message: 'stdout cannot be written (ENOSPC)' })
    } else {
      expect(stderr).toMatch(/(?:^|\n)error: stdout cannot be written \(ENOSPC\) \(output_failed\)\n {2}fix: Free disk/)
    }
    expect(stderr.length).toBeLessThan(400)
    expect(exit).toBe(7)
  })

  test.each(commands)('on stderr does not hang or print a stack: %s', async (_name, args, stdin) => {
    const { exit, stdout } = await runInShell(args(), '2>/dev/full', stdin)
    expect([0, 1, 7]).toContain(exit)
    expect(stdout).not.toMatch(/^ {4}at /m)
  })

  test('on stderr is exit code 7 if something is printed there', async () => {
    expect((await runInShell(['mint', '--command', 'a', '--expires-in', 'never'], '2>/dev/full')).exit).toBe(7)
  })

  test.each([
    ['--json', '>/dev/full'],
    ['--once', '>/dev/full'],
    ['-v', '2>/dev/full'],
  ])('ends listen %s with exit code 7', async (flag, redirection) => {
    // stderr may be the full disk, so the port is chosen here.
    const port = await findFreePort()
    const ended = runInShell(['listen', '--no-inspector', '--port', `${port}`, flag], redirection)
    const end = await Promise.race([ended, postUntilEnd(mintUrl(`http://127.0.0.1:${port}`), ended)])
    expect(end?.exit).toBe(7)
    expect(end?.stderr).not.toMatch(/^ {4}at /m)
  })
})

async function findFreePort(): Promise<number> {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  other.close()
  return port
}

/** Sends hooks until the program has ended. */
async function postUntilEnd(target: string, ended: Promise<Ended>): Promise<Ended> {
  let end: Ended | undefined
  void ended.then((result) => {
    end = result
  })
  while (end === undefined) {
    await fetch(target, { method: 'POST', body: '1' }).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return end
}

// One for each way in which commands print.
const some = commands.filter(([name]) => ['--help', 'mint', 'mint --from', 'verify -', 'send'].includes(name))

describe('a closed stream', () => {
  test.each(some)('on stdout or stderr prints no stack: %s', async (_name, args, stdin) => {
    for (const redirection of ['>&-', '2>&-', '>&- 2>&-', '<&-']) {
      const { exit, stdout, stderr } = await runInShell(args(), redirection, stdin)
      expect(stdout + stderr).not.toMatch(/^ {4}at /m)
      expect(exit).not.toBeNull()
    }
  })
})

describe('a reader that has left', () => {
  test.each(some)('ends the program quietly: %s', async (_name, args, stdin) => {
    const { stdout, stderr } = await runInShell(args(), '| true', stdin)
    expect(stdout).toBe('')
    expect(stderr).not.toMatch(/error|^ {4}at /m)
  })
})

const leaveTerminal = `
import os, pty, subprocess, sys
master, slave = pty.openpty()
gate, opener = os.pipe()
os.dup2(gate, 3)
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=slave, stderr=subprocess.PIPE, pass_fds=[3])
os.close(slave)
started = child.stderr.read(1)
os.close(master)
os.write(opener, b'x')
os.close(opener)
error = child.communicate()[1]
sys.stderr.buffer.write(error)
sys.exit(child.returncode)
`

// `send` needs a server, which this process cannot be while it waits; `spawnSync` has no stdin here.
const local = commands.filter(([name, , stdin]) => stdin === undefined && !name.startsWith('send'))

describe('a terminal that is gone', () => {
  beforeEach((context) => {
    if (spawnSync('python3', ['--version']).status !== 0) {
      context.skip('python3, which provides a terminal, is not installed')
    }
  })

  test.each(local)('is an error with exit code 7: %s', (_name, args) => {
    // Node itself aborts if the terminal disappears while it starts, so it waits in a module that is loaded first.
    writeFileSync(gate, "fs = require('fs'); fs.writeSync(2, '!'); fs.readSync(3, Buffer.alloc(1))\n")
    const result = spawnSync(
      'python3',
      ['-c', leaveTerminal, process.execPath, '--require', gate, program, ...args()],
      { env },
    )
    const stderr = result.stderr.toString()
    expect(stderr).toContain('stdout cannot be written (EIO)')
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect(result.status).toBe(7)
  })
})

test.each([['verify'], ['inspect'], ['send'], ['mint --from'], ['mint --command a --content']])(
  'a folder on stdin is an error, not an empty input: %s -',
  async (command) => {
    const { exit, stderr } = await runInShell([...command.split(' '), '-'], `< '${home.path}'`)
    expect(stderr).toMatch(/^error: .*stdin cannot be read \(EISDIR\)\n {2}fix: /)
    expect(exit).toBe(2)
  },
)
