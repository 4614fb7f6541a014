import type { Stats } from 'node:fs'
import { type FileHandle, link, open, readlink, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { invalidOption } from '@hookurl/core/internal'
import { createTempName, forgetTempFile, removeAtExit } from './temp-files.ts'
import { describeWriteError, getErrorCode } from './write-error.ts'

/** Receives the contents of a file in chunks. */
export interface Sink {
  write(chunk: string | Uint8Array): Promise<void>
  /** Writes everything to disk. Nothing appears under the name of the file yet. */
  complete(): Promise<void>
  /** Publishes the complete file under its name. */
  publish(): Promise<void>
  /** Abandons the file, so that nothing appears under its name. Does nothing after `publish`. */
  discard(): Promise<void>
}

/** A file that replaces another one. */
export interface AtomicFile extends Sink {
  /** The path of the file until it is published. */
  readonly tempFile: string
}

export interface AtomicFileOptions {
  /** What happens to an existing file with the same name; by default, it is replaced. */
  readonly existing?: 'replace' | 'keep'
  /** Whether the file must keep its owner, or may get another one if that is not possible (the default). */
  readonly owner?: 'required' | 'preferred'
}

const MODE_BITS = 0o7777
const GROUP_BITS = 0o070
const MAX_LINKS = 40
// The error codes of file systems that cannot sync folders.
const unsupportedSync: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

/**
 * Creates a file that appears under its name only when it is complete: it is written to a temporary file in the same
 * folder, synced, checked for its size, and renamed. If anything fails, or the program ends earlier, an existing file
 * stays unchanged. A new file is readable by its owner only; an existing one keeps its mode and, where the system
 * allows it, its owner and group. A group that cannot be kept loses its access.
 *
 * `target` must not be a link. Throws the system's errors unchanged.
 */
export async function openAtomicFile(target: string, options: AtomicFileOptions = {}): Promise<AtomicFile> {
  const tempFile = createTempName(target)
  const handle = await open(tempFile, 'wx', 0o600)
  removeAtExit(tempFile)
  const writer = createWriter(handle)
  let isPublished = false
  return {
    tempFile,
    write: writer.write,
    complete: async () => {
      await copyAccess(handle, await statIfExists(target), options)
      await handle.sync()
      const { size } = await handle.stat()
      if (size !== writer.bytesWritten()) throw new Error(`only ${size} of ${writer.bytesWritten()} bytes were written`)
      await writer.close()
    },
    publish: async () => {
      if (options.existing === 'keep') await linkUnlessExists(tempFile, target)
      else await rename(tempFile, target)
      isPublished = options.existing !== 'keep'
      if (isPublished) forgetTempFile(tempFile)
      await syncFolder(dirname(target))
    },
    discard: async () => {
      await writer.close().catch(() => {})
      if (isPublished) return
      try {
        await unlink(tempFile)
      } catch (error) {
        // The removal is retried at exit.
        if (getErrorCode(error) !== 'ENOENT') return
      }
      forgetTempFile(tempFile)
    },
  }
}

/** Writes a file that replaces another one completely or not at all. */
export async function writeAtomicFile(file: Sink, content: string | Uint8Array): Promise<void> {
  try {
    await file.write(content)
    await file.complete()
    await file.publish()
  } finally {
    await file.discard()
  }
}

/**
 * Opens the file of a flag. Links are followed; devices and pipes are written directly.
 *
 * @throws {HookurlError} `invalid_option` if it cannot be written, here and in every method
 */
export async function createFileSink(path: string, flag: string): Promise<Sink> {
  const check = <T>(work: () => Promise<T>): Promise<T> => withWriteErrors({ path, flag }, work)
  const file = await check(async () => {
    const stats = await statIfExists(path)
    return stats === undefined || stats.isFile() ? openAtomicFile(await followLinks(path)) : openDevice(path)
  })
  return {
    write: (chunk) => check(() => file.write(chunk)),
    complete: () => check(file.complete),
    publish: () => check(file.publish),
    discard: file.discard,
  }
}

/** Resolves the symbolic links of a path, even if there is no file. */
export async function followLinks(path: string): Promise<string> {
  let current = resolve(path)
  for (let count = 0; count < MAX_LINKS; count++) {
    try {
      return await realpath(current)
    } catch (error) {
      if (getErrorCode(error) !== 'ENOENT') throw error
    }
    const next = await readlink(current).catch(() => undefined)
    if (next === undefined) return join(await realpath(dirname(current)), basename(current))
    current = resolve(dirname(current), next)
  }
  return current
}

async function openDevice(path: string): Promise<Sink> {
  const { write, close } = createWriter(await open(path, 'w'))
  return { write, complete: close, publish: async () => {}, discard: () => close().catch(() => {}) }
}

interface Writer {
  write(chunk: string | Uint8Array): Promise<void>
  bytesWritten(): number
  close(): Promise<void>
}

function createWriter(handle: FileHandle): Writer {
  let total = 0
  let isOpen = true
  return {
    write: async (chunk) => {
      const bytes = Buffer.from(chunk as Uint8Array)
      // A write may be partial.
      for (let offset = 0; offset < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset)
        if (bytesWritten === 0) throw new Error('the system wrote nothing')
        offset += bytesWritten
        total += bytesWritten
      }
    },
    bytesWritten: () => total,
    close: async () => {
      if (!isOpen) return
      isOpen = false
      await handle.close()
    },
  }
}

/** Gives a file the mode and owner of the one that it replaces. */
async function copyAccess(
  handle: FileHandle,
  replaced: Stats | undefined,
  { existing, owner }: AtomicFileOptions,
): Promise<void> {
  if (replaced === undefined || existing === 'keep') return
  const own = await handle.stat()
  const hasGroup = await copyOwner({ handle, own, replaced }, owner)
  const mode = (hasGroup ? replaced.mode : replaced.mode & ~GROUP_BITS) & MODE_BITS
  if ((own.mode & MODE_BITS) !== mode) await handle.chmod(mode)
}

interface OwnerCopy {
  readonly handle: FileHandle
  readonly own: Stats
  readonly replaced: Stats
}

/** Resolves to whether the file has the group of the one that it replaces. */
async function copyOwner({ handle, own, replaced }: OwnerCopy, owner: AtomicFileOptions['owner']): Promise<boolean> {
  if (own.uid === replaced.uid && own.gid === replaced.gid) return true
  // Only root may give a file away; the group can be any that the user belongs to.
  for (const uid of [replaced.uid, own.uid]) {
    try {
      await handle.chown(uid, replaced.gid)
      return true
    } catch (error) {
      if (owner === 'required' || getErrorCode(error) !== 'EPERM') throw error
    }
  }
  return own.gid === replaced.gid
}

async function linkUnlessExists(tempFile: string, target: string): Promise<void> {
  try {
    await link(tempFile, target)
  } catch (error) {
    if (getErrorCode(error) !== 'EEXIST') throw error
  }
}

// Without syncing the folder, a power failure can undo the rename.
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders.
  if (process.platform === 'win32') return
  const handle = await openFolder(folder)
  if (handle === undefined) return
  try {
    await handle.sync()
  } catch (error) {
    const code = getErrorCode(error)
    if (unsupportedSync.has(code)) return
    throw new Error(`it was replaced, but its folder cannot be synced: ${code}`, { cause: error })
  } finally {
    await handle.close()
  }
}

async function openFolder(folder: string): Promise<FileHandle | undefined> {
  try {
    return await open(folder, 'r')
  } catch (error) {
    // Files can be created in a folder that cannot be read.
    if (getErrorCode(error) === 'EACCES') return undefined
    throw error
  }
}

/** Returns the stats of a file, or `undefined` if there is none. */
export async function statIfExists(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function withWriteErrors<T>(
  { path, flag }: { readonly path: string; readonly flag: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { reason, fix } = describeWriteError(error)
    throw invalidOption(`${flag}: the file ${path} cannot be written (${reason})`, fix)
  }
}
