import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeFile, type FileCommand, fileCommands, writeExistingFiles } from '../support/file-commands.ts'
import { type Fault, interceptFiles } from '../support/file-faults.js'
import { makeHome, type ProgramResult } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => home.remove())

/** Runs a command on its files, with a fault at one of its file operations. Returns the operations that it did. */
async function runWithFault(
  command: FileCommand,
  fault?: { readonly at: number; readonly kind: Fault },
): Promise<{ readonly result: ProgramResult; readonly operations: string[] }> {
  const folder = home.path
  writeExistingFiles(command, folder)
  const operations: string[] = []
  const restore = interceptFiles(folder, (name) => {
    operations.push(name)
    if (fault === undefined) return undefined
    const index = operations.length - 1
    // A system that writes nothing once may do so each time.
    const isRepeated = fault.kind === 'nothing' && name === 'handle.write' && index > fault.at
    return index === fault.at || isRepeated ? fault.kind : undefined
  })
  try {
    const { args, stdin, env } = command
    return { result: await runInProcess(args, { stdin, env: { HOME: folder, ...env }, cwd: folder }), operations }
  } finally {
    restore()
  }
}

function listTempFiles(command: FileCommand): string[] {
  const expected = command.files.map(({ name }) => name)
  const files = readdirSync(home.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files
    .map(({ parentPath, name }) => join(parentPath, name).slice(home.path.length + 1))
    .filter((name) => !expected.includes(name))
}

function describeFiles(command: FileCommand): string[] {
  return command.files.map((file) => describeFile(file, home.path))
}

const faultKinds: Readonly<Record<string, readonly Fault[]>> = {
  'handle.write': ['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG', 'nothing', 'lost'],
  'handle.sync': ['EIO', 'ENOSPC', 'EDQUOT'],
  'handle.chmod': ['EPERM', 'EIO'],
  rename: ['EIO', 'EACCES', 'EBUSY', 'EXDEV', 'ENOSPC'],
  link: ['EIO', 'EACCES', 'EPERM', 'ENOSPC'],
}
const otherFaults: readonly Fault[] = ['EIO', 'EACCES']

describe.each(fileCommands)('$title', (command) => {
  test('replaces its files, and leaves no temporary file', async () => {
    const { result } = await runWithFault(command)
    expect(result.exit, result.stderr).toBe(command.exitOnSuccess)
    expect(new Set(describeFiles(command))).toStrictEqual(new Set(['new']))
    expect(listTempFiles(command)).toStrictEqual([])
  })

  test('syncs each file and its folder, in this order, before and after the file appears', async () => {
    const { operations } = await runWithFault(command)
    const steps = operations.filter((name) => ['handle.write', 'handle.sync', 'rename', 'link'].includes(name))
    const writes = steps.filter((name, index) => name !== 'handle.write' || steps[index - 1] !== 'handle.write')
    const { length } = command.files
    const publishes = operations.includes('link') ? 'link' : 'rename'
    expect(writes.slice(-3 * length)).toStrictEqual([
      ...Array.from({ length }, () => 'handle.sync'),
      ...Array.from({ length }, () => [publishes, 'handle.sync']).flat(),
    ])
  })

  test('continues after a short write, at every write', async () => {
    const { operations } = await runWithFault(command)
    for (const [at, name] of operations.entries()) {
      if (name !== 'handle.write') continue
      home.remove()
      home = makeHome()
      const { result } = await runWithFault(command, { at, kind: 'short' })
      expect(result.exit, result.stderr).toBe(command.exitOnSuccess)
      expect(new Set(describeFiles(command))).toStrictEqual(new Set(['new']))
    }
  })

  test('writes a file completely or not at all, with a fault at any of its operations', async () => {
    const { operations } = await runWithFault(command)
    const steps = ['open', 'handle.write', 'handle.sync', 'handle.stat', 'handle.close']
    expect(operations).toStrictEqual(expect.arrayContaining(steps))
    for (const [at, name] of operations.entries()) {
      for (const kind of faultKinds[name] ?? otherFaults) {
        home.remove()
        home = makeHome()
        const { result } = await runWithFault(command, { at, kind })
        const { exit, stderr } = result
        const context = `${kind} at ${at} (${name}): ${stderr}`
        const files = describeFiles(command)
        for (const file of files) expect(['old', 'new'], context).toContain(file)
        // A failure after everything was published is only reported, or has no effect.
        if (exit === command.exitOnSuccess && !stderr.startsWith('error')) {
          expect(new Set(files), context).toStrictEqual(new Set(['new']))
        } else {
          expect(exit, context).toBe(command.exitOnFault)
          expect(stderr, context).toMatch(/^error: .*\n {2}fix: [A-Z]/m)
        }
        expect(listTempFiles(command), context).toStrictEqual([])
      }
    }
  })
})
