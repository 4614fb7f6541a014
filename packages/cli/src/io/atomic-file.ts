import { randomUUID } from 'node:crypto'
import { realpathSync, type Stats, statSync, unlinkSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { invalidOption } from '@hookurl/core/internal'

/** Where text or bytes go, one piece after the other. */
export interface Sink {
  write(piece: string | Uint8Array): Promise<void>
  /** Everything has been written: what is left to do is done. */
  finish(): Promise<void>
}

/** Standard output, as fast as its reader takes it. */
export const stdoutSink: Sink = {
  write: (piece) =>
    new Promise((resolve) => {
      if (piece.length === 0 || process.stdout.write(piece)) resolve()
      else process.stdout.once('drain', resolve)
    }),
  finish: async () => {},
}

const drafts = new Set<string>()

/**
 * A file that appears under its name only when it is complete; until then, and for ever if the program is ended, there is
 * what was there before. It is its owner's alone unless there was one with another mode.
 *
 * @throws {HookurlError} `invalid_option` where it cannot be written
 */
export async function createAtomicFile(path: string, flag: string): Promise<Sink> {
  return guard(async () => {
    const target = followLinks(path)
    const there = statSync(target, { throwIfNoEntry: false })
    // A device, a pipe or a folder is not replaced.
    if (there !== undefined && !there.isFile()) return toSink(await open(target, 'w'), { path, flag })
    const draft = join(dirname(target), `.${basename(target)}.${randomUUID()}`)
    const handle = await open(draft, 'wx', modeOf(there))
    removeAtExit(draft)
    if (there !== undefined) await handle.chmod(modeOf(there))
    return toSink(handle, { path, flag, draft, target })
  }, `${flag}: the file ${path}`)
}

interface Place {
  readonly path: string
  readonly flag: string
  readonly draft?: string
  readonly target?: string
}

function toSink(handle: FileHandle, { path, flag, draft, target }: Place): Sink {
  const what = `${flag}: the file ${path}`
  return {
    write: (piece) => guard(() => handle.appendFile(piece), what),
    finish: () =>
      guard(async () => {
        if (draft !== undefined) await handle.sync()
        await handle.close()
        if (draft === undefined || target === undefined) return
        await rename(draft, target)
        drafts.delete(draft)
      }, what),
  }
}

function modeOf(stats: Stats | undefined): number {
  return stats === undefined ? 0o600 : stats.mode & 0o777
}

function followLinks(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path)
}

function removeAtExit(draft: string): void {
  if (drafts.size === 0) process.once('exit', removeDrafts)
  drafts.add(draft)
}

function removeDrafts(): void {
  for (const draft of drafts) unlinkSync(draft)
}

/** Ends the program at a signal in the orderly way, which takes unfinished files along. */
export function exitOnSignals(): void {
  const endings = [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const
  for (const [signal, exit] of endings) process.once(signal, () => process.exit(exit))
}

async function guard<T>(work: () => Promise<T>, what: string): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = Reflect.get(error as object, 'code')
    const fix = code === 'ENOSPC' ? 'Make room there, or write elsewhere.' : 'Name a file that can be written.'
    throw invalidOption(`${what} cannot be written (${code})`, fix)
  }
}
