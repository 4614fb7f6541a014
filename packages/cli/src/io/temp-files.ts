import { createHash, randomBytes } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { signalExitCodes } from './exit-codes.ts'

// Follows the prefix of the target: the process ID and a random part.
const tempSuffix = /^(\d{1,10})\.[0-9a-f]{16}\.tmp$/
const tracked = new Set<string>()
let stopExiting = (): void => {}

/**
 * Creates a unique file name in the folder of the target. It contains the ID of the process that writes the file, so
 * that a file left behind by a killed process can be recognized.
 */
export function createTempName(target: string): string {
  return join(dirname(target), `${getPrefix(target)}${process.pid}.${randomBytes(8).toString('hex')}.tmp`)
}

/** A temporary file of another update of the same target. */
export interface OtherTempFile {
  readonly path: string
  /** Whether the process that writes it is still running, as far as this process can tell. */
  readonly isRunning: boolean
}

/** Lists the temporary files of a target, except for the caller's own. */
export async function listOtherTempFiles(target: string, own: string): Promise<OtherTempFile[]> {
  const folder = dirname(target)
  const prefix = getPrefix(target)
  const files: OtherTempFile[] = []
  for (const name of await readdir(folder)) {
    const match = name.startsWith(prefix) ? tempSuffix.exec(name.slice(prefix.length)) : null
    if (match === null || name === basename(own)) continue
    files.push({ path: join(folder, name), isRunning: isProcessRunning(Number(match[1])) })
  }
  return files
}

/** Removes a temporary file when the program exits, even if a signal ends it. */
export function removeAtExit(tempFile: string): void {
  if (tracked.size === 0) {
    process.on('exit', removeTempFiles)
    stopExiting = exitOnSignals()
  }
  tracked.add(tempFile)
}

/** Stops tracking a temporary file that was removed or renamed. */
export function forgetTempFile(tempFile: string): void {
  if (!tracked.delete(tempFile) || tracked.size > 0) return
  process.off('exit', removeTempFiles)
  stopExiting()
}

/**
 * Exits on SIGHUP, SIGINT and SIGTERM, so that temporary files are removed. Returns a function that restores the
 * default.
 */
export function exitOnSignals(): () => void {
  const listeners = Object.entries(signalExitCodes).map(([signal, exit]) => ({
    signal,
    exit: () => process.exit(exit),
  }))
  for (const { signal, exit } of listeners) process.on(signal, exit)
  return () => {
    for (const { signal, exit } of listeners) process.off(signal, exit)
  }
}

function removeTempFiles(): void {
  for (const tempFile of tracked) {
    try {
      unlinkSync(tempFile)
    } catch {
      // A failure here must not change the exit code of the program.
    }
  }
  tracked.clear()
}

// A long name would not leave room for the rest.
function getPrefix(target: string): string {
  const name = basename(target)
  const label = name.length <= 40 ? name : createHash('sha256').update(name).digest('hex').slice(0, 16)
  return `.${label}.`
}

function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Another user's process.
    return Reflect.get(error as object, 'code') === 'EPERM'
  }
}
