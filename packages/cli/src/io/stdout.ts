import { fstatSync, writeSync } from 'node:fs'
import type { Sink } from './atomic-file.ts'
import { OutputError } from './report-error.ts'
import { describeWriteError } from './write-error.ts'

const STDOUT = 1

/**
 * Writes to stdout; returns whether more can be written at once. Node ignores partial writes to a file, such as on a
 * full disk, so files are written synchronously here.
 *
 * @throws {OutputError}
 */
export function writeToStdout(chunk: string | Uint8Array): boolean {
  if (!isFile(process.stdout)) return process.stdout.write(chunk)
  const bytes = Buffer.from(chunk as Uint8Array)
  try {
    for (let offset = 0; offset < bytes.length; ) {
      const written = writeSync(STDOUT, bytes, offset)
      if (written === 0) throw new Error('the system wrote nothing')
      offset += written
    }
  } catch (error) {
    throw stdoutError(error)
  }
  return true
}

/**
 * Writes to stdout, and resolves once the system has accepted everything. If it does not, the program exits before this
 * resolves.
 *
 * @throws {OutputError}
 */
export function writeAllToStdout(chunk: string | Uint8Array): Promise<void> {
  if (isFile(process.stdout)) {
    writeToStdout(chunk)
    return Promise.resolve()
  }
  return new Promise((resolve) => {
    process.stdout.write(chunk, (error) => {
      // Otherwise, the listener of its event `error` ends the program.
      if (error === null || error === undefined) resolve()
    })
  })
}

/** Writes to stdout and waits for its reader. */
export const stdoutSink: Sink = {
  write: (chunk) =>
    new Promise((resolve) => {
      if (chunk.length === 0 || writeToStdout(chunk)) resolve()
      else process.stdout.once('drain', resolve)
    }),
  complete: async () => {},
  publish: async () => {},
  discard: async () => {},
}

/** Creates the error for a stdout that cannot be written to. */
export function stdoutError(error: unknown): Error {
  const { reason, fix } = describeWriteError(error)
  return new OutputError(`stdout cannot be written (${reason})`, fix)
}

function isFile(stream: typeof process.stdout): boolean {
  if (stream.fd !== STDOUT || stream.isTTY) return false
  const stats = fstatSync(STDOUT)
  return stats.isFile() || stats.isCharacterDevice()
}
