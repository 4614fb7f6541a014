import { randomUUID } from 'node:crypto'
import { realpathSync, type Stats, statSync, unlinkSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { invalidOption } from '@hookurl/core/internal'
import { signalExitCodes } from './exit-codes.ts'

/** Receives the contents of a file in chunks. */
export interface Sink {
  write(chunk: string | Uint8Array): Promise<void>
  /** Completes the file after the last chunk. */
  finish(): Promise<void>
  /** Abandons the file, so that nothing appears under its name. Does nothing after `finish`. */
  discard(): Promise<void>
}

/** Writes to stdout, at the pace of its reader. */
export const stdoutSink: Sink = {
  write: (chunk) =>
    new Promise((resolve) => {
      if (chunk.length === 0 || process.stdout.write(chunk)) resolve()
      else process.stdout.once('drain', resolve)
    }),
  finish: async () => {},
  discard: async () => {},
}

const tempFiles = new Set<string>()

/**
 * Creates a file that appears under its name only when it is complete: it is written to a temporary file in the same
 * folder and renamed at the end. If the program ends before that, an existing file is unchanged. A new file is readable
 * by its owner only; an existing file keeps its mode. Devices and pipes are written directly.
 *
 * @throws {HookurlError} `invalid_option` if it cannot be written
 */
export async function createAtomicFile(path: string, flag: string): Promise<Sink> {
  return withWriteErrors({ path, flag }, async () => {
    const target = followLinks(path)
    const stats = statSync(target, { throwIfNoEntry: false })
    if (stats !== undefined && !stats.isFile()) return toSink(await open(target, 'w'), { path, flag })
    const tempFile = join(dirname(target), `.${basename(target)}.${randomUUID()}`)
    const handle = await open(tempFile, 'wx', getMode(stats))
    removeAtExit(tempFile)
    if (stats !== undefined) await handle.chmod(getMode(stats))
    return toSink(handle, { path, flag, rename: { tempFile, target } })
  })
}

interface Destination {
  /** The path as the user wrote it. */
  readonly path: string
  readonly flag: string
  readonly rename?: { readonly tempFile: string; readonly target: string }
}

function toSink(handle: FileHandle, destination: Destination): Sink {
  let isOpen = true
  const close = async (): Promise<void> => {
    isOpen = false
    await handle.close()
  }
  return {
    write: (chunk) => withWriteErrors(destination, () => handle.appendFile(chunk)),
    finish: () =>
      withWriteErrors(destination, async () => {
        if (destination.rename === undefined) return close()
        const { tempFile, target } = destination.rename
        await handle.sync()
        await close()
        await rename(tempFile, target)
        tempFiles.delete(tempFile)
      }),
    // The temporary file is removed at exit.
    discard: async () => {
      if (isOpen) await close()
    },
  }
}

function getMode(stats: Stats | undefined): number {
  return stats === undefined ? 0o600 : stats.mode & 0o777
}

function followLinks(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path)
}

function removeAtExit(tempFile: string): void {
  if (tempFiles.size === 0) process.once('exit', removeTempFiles)
  tempFiles.add(tempFile)
}

function removeTempFiles(): void {
  for (const tempFile of tempFiles) unlinkSync(tempFile)
  tempFiles.clear()
}

/** Exits on SIGHUP, SIGINT and SIGTERM, so that temporary files are removed. */
export function exitOnSignals(): void {
  for (const [signal, exit] of Object.entries(signalExitCodes)) process.once(signal, () => process.exit(exit))
}

async function withWriteErrors<T>({ path, flag }: Destination, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = Reflect.get(error as object, 'code')
    const fix = code === 'ENOSPC' ? 'Free some space, or write to another disk.' : 'Choose a writable file.'
    throw invalidOption(`${flag}: the file ${path} cannot be written (${code})`, fix)
  }
}
