const folderFix = 'Choose a file in a folder that you can write to.'

const fixes: Readonly<Record<string, string>> = {
  ENOSPC: 'Free disk space, or write to another disk.',
  EDQUOT: 'Free disk space, or write to another disk.',
  EFBIG: 'Raise the file size limit (ulimit -f), or write to another disk.',
  EIO: 'Check the disk, or write to another one.',
  EBUSY: 'Choose a file that is not a mount point: a mount point cannot be replaced.',
  EACCES: folderFix,
  EPERM: 'Run the command as the owner of the file, and choose a folder that you can write to.',
  EROFS: folderFix,
}

interface WriteFailure {
  readonly reason: string
  readonly fix: string
}

/** Returns why a file could not be written, and how to fix it. */
export function describeWriteError(error: unknown): WriteFailure {
  const code = getErrorCode(error)
  if (code !== undefined) return { reason: code, fix: getFix(code) }
  if (!(error instanceof Error)) return { reason: String(error), fix: getFix(undefined) }
  return { reason: error.message, fix: getFix(getErrorCode(error.cause)) }
}

function getFix(code: string | undefined): string {
  return fixes[code ?? ''] ?? 'Choose a file that can be written.'
}

/** Returns the system's code of an error, such as `ENOSPC`. */
export function getErrorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : undefined
}
