import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeFile, type FileCommand, fileCommands, writeExistingFiles } from '../support/file-commands.ts'
import { makeLongCsv } from '../support/mint-from.ts'
import { makeHome, type ProgramResult } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))
const faultsPreload = new URL('../support/file-faults.js', import.meta.url).href
// All kills take minutes.
const isComplete = process.env.HOOKURL_ALL === '1'
const killCount = isComplete ? 200 : 15
const killedTitles = ['mint -o', 'mint -o --errors', 'keys add, in a large .env file', 'the development key']
const killedCommands = isComplete ? fileCommands : fileCommands.filter(({ title }) => killedTitles.includes(title))

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => home.remove())

interface StartedCommand {
  kill(): void
  readonly ended: Promise<{ readonly exit: number | null; readonly stderr: string }>
}

/** Starts the built program, on its files in the folder. `line` is a shell command that starts it. */
function startCommand(
  { args, stdin, env }: Pick<FileCommand, 'args' | 'stdin' | 'env'>,
  { line = 'exec "$@"', moreEnv = {} }: { readonly line?: string; readonly moreEnv?: Record<string, string> } = {},
): StartedCommand {
  const child = spawn('/bin/sh', ['-c', line, 'sh', process.execPath, program, ...args], {
    cwd: home.path,
    env: { PATH: process.env.PATH, HOME: home.path, ...env, ...moreEnv },
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => (stderr += chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const ended = once(child, 'close').then(([exit]) => ({ exit, stderr }))
  return { kill: () => void child.kill('SIGKILL'), ended }
}

function describeFiles({ files }: FileCommand): string[] {
  return files.map((file) => describeFile(file, home.path))
}

/** Checks that what a killed process has left does not disturb the next one. */
async function expectNextRunSucceeds(command: FileCommand): Promise<void> {
  const { args, stdin, env } = command
  for (const { name, before } of command.files) {
    if (before !== undefined) writeFileSync(join(home.path, name), before)
  }
  const options = { stdin, env: { HOME: home.path, ...env }, cwd: home.path }
  const { exit, stderr } = await runInProcess(args, options)
  expect(exit, stderr).toBe(command.exitOnSuccess)
  expect(new Set(describeFiles(command))).toStrictEqual(new Set(['new']))
}

describe.each(killedCommands)('$title, killed with kill -9', (command) => {
  test('at each of its file operations, has replaced a file completely or not at all', {
    timeout: 600_000,
  }, async () => {
    for (let at = 0; ; at++) {
      home.remove()
      home = makeHome()
      writeExistingFiles(command, home.path)
      const moreEnv = { NODE_OPTIONS: `--import=${faultsPreload}`, TEST_KILL_AT: `${home.path} ${at}` }
      const { exit } = await startCommand(command, { moreEnv }).ended
      for (const file of describeFiles(command)) expect(['old', 'new'], `killed at ${at}`).toContain(file)
      if (exit !== null) {
        expect(at).toBeGreaterThan(7)
        return
      }
      await expectNextRunSucceeds(command)
    }
  })

  test(`at ${killCount} random times, has replaced a file completely or not at all`, {
    timeout: 1_200_000,
  }, async () => {
    const counts: Record<string, number> = {}
    writeExistingFiles(command, home.path)
    const start = performance.now()
    await startCommand(command).ended
    const durationMs = performance.now() - start
    for (let count = 0; count < killCount; count++) {
      home.remove()
      home = makeHome()
      writeExistingFiles(command, home.path)
      const started = startCommand(command)
      // Before the middle, it only starts.
      await sleep(randomInt(Math.ceil(durationMs * 0.4), Math.ceil(durationMs * 1.1)))
      started.kill()
      await started.ended
      for (const file of describeFiles(command)) {
        counts[file] = (counts[file] ?? 0) + 1
        expect(['old', 'new']).toContain(file)
      }
      await expectNextRunSucceeds(command)
    }
    if (isComplete) console.log(`${command.title}: ${JSON.stringify(counts)}`)
  })
})

describe('on a full disk', () => {
  let problem: string | undefined
  const mounted: string[] = []

  beforeEach(() => {
    const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160k', 'tmpfs', home.path])
    problem = status === 0 ? undefined : `cannot mount a tmpfs: ${error?.message ?? stderr}`
    if (status === 0) mounted.push(home.path)
  })
  afterEach(unmountAll)
  afterAll(unmountAll)

  function unmountAll(): void {
    for (const path of mounted.splice(0)) spawnSync('umount', ['-l', path])
  }

  /** Fills the disk, except for some pages. Returns whether there was that much space. */
  function fillDisk(freePages: number): boolean {
    const { bavail, bsize } = statfsSync(home.path)
    if (bavail < freePages) return false
    writeFileSync(join(home.path, 'filler'), Buffer.alloc((bavail - freePages) * bsize))
    return statfsSync(home.path).bavail === freePages
  }

  test.for(fileCommands)(
    '$title keeps the old files, and writes the new ones once there is space',
    async (command, context) => {
      if (problem !== undefined) return context.skip(problem)
      const { args, stdin, env } = command
      const options = { stdin, env: { HOME: home.path, ...env }, cwd: home.path }
      let failures = 0
      for (let freePages = 0; ; freePages = Math.max(1, freePages * 2)) {
        writeExistingFiles(command, home.path)
        expect(fillDisk(freePages)).toBe(true)
        const { exit, stderr } = await runInProcess(args, options)
        const files = describeFiles(command)
        spawnSync('rm', [join(home.path, 'filler')])
        const names = spawnSync('find', [home.path, '-name', '*.tmp']).stdout.toString()
        expect(names).toBe('')
        if (exit === command.exitOnSuccess && !stderr.startsWith('error')) {
          expect(new Set(files)).toStrictEqual(new Set(['new']))
          break
        }
        failures++
        expect(stderr).toContain('(ENOSPC)')
        expect(exit).toBe(command.exitOnFault)
        if (exit === 2) expect(stderr).toContain('fix: Free disk space')
        expect(new Set(files)).toStrictEqual(new Set(['old']))
      }
      expect(failures).toBeGreaterThan(0)
    },
  )

  test.for([
    ['keys new', ['keys', 'new'], ''],
    ['mint --from', ['mint', '--from', '-'], makeLongCsv(200)],
    ['completion', ['completion', 'bash'], ''],
    ['mint --help', ['mint', '--help'], ''],
  ] as const)('%s > file fails where only a part can be written', async ([, args, stdin], context) => {
    if (problem !== undefined) return context.skip(problem)
    expect(fillDisk(0)).toBe(true)
    const command = { args, stdin, env: fileCommands[0]?.env }
    const { exit, stderr } = await startCommand(command, { line: 'exec "$@" > out' }).ended
    expect(stderr).toMatch(/^error: stdout cannot be written \(ENOSPC\) \(output_failed\)\n {2}fix: Free disk space/)
    expect(exit).toBe(7)
  })
})

describe('at the limit of the file size', () => {
  const limit = 'ulimit -f 8; exec "$@"'
  const titles = ['mint -o', 'mint -o --errors', 'keys add, in a large .env file']

  test.each(fileCommands.filter(({ title }) => titles.includes(title)))(
    '$title keeps the old file',
    async (command) => {
      writeExistingFiles(command, home.path)
      const { exit, stderr } = await startCommand(command, { line: limit }).ended
      expect(stderr).toContain('(EFBIG)\n  fix: Raise the file size limit (ulimit -f)')
      expect(exit).toBe(2)
      expect(new Set(describeFiles(command))).toStrictEqual(new Set(['old']))
    },
  )

  test('a part of the output in a file is an error', async () => {
    const command = { args: ['mint', '--from', '-'], stdin: makeLongCsv(500), env: fileCommands[0]?.env }
    const { exit, stderr } = await startCommand(command, { line: 'ulimit -f 8; exec "$@" > out' }).ended
    expect(stderr).toContain('error: stdout cannot be written (EFBIG)')
    expect(exit).toBe(7)
  })
})

describe('two processes at once', () => {
  const runMint = (rows: number): Promise<ProgramResult['exit']> => {
    const env = fileCommands[0]?.env
    const stdin = `command,userId\n${`/a,${rows}\n`.repeat(rows)}`
    const command = { args: ['mint', '--from', '-', '-o', 'out.csv'], stdin, env }
    return startCommand(command).ended.then(({ exit }) => exit)
  }

  /** Which of the runs wrote a file, or that it has rows of both or not all of one. */
  function describeRows(text: string): string {
    if (text === 'old') return 'old'
    const rows = text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[1])
    const [first] = rows
    return rows.every((row) => row === first) && String(rows.length) === first ? `run of ${first}` : 'a mix'
  }

  test('that mint to the same file leave the file of one, and a reader sees no other', async () => {
    const path = join(home.path, 'out.csv')
    for (let round = 0; round < (isComplete ? 20 : 3); round++) {
      writeFileSync(path, 'old')
      let isRunning = true
      const seen = new Set<string>()
      const running = Promise.all([runMint(700), runMint(900)]).finally(() => (isRunning = false))
      while (isRunning) {
        seen.add(describeRows(readFileSync(path, 'utf8')))
        await sleep(2)
      }
      expect(await running).toStrictEqual([0, 0])
      const last = describeRows(readFileSync(path, 'utf8'))
      expect(['run of 700', 'run of 900']).toContain(last)
      for (const content of seen) expect(['old', 'run of 700', 'run of 900']).toContain(content)
    }
  })
})
