import { createReadStream, fstatSync, openSync } from 'node:fs'
import { invalidOption } from '@hookurl/core/internal'
import { reserveStdin } from '../io/input.ts'

/** The input of `mint --from`, read in chunks. */
export interface Source {
  readonly text: AsyncGenerator<string>
  /** Its size in bytes, if known. */
  readonly size: number | undefined
  /** Returns how many bytes have been read so far. */
  bytesRead(): number
}

/**
 * Opens a file, or stdin for `-`.
 *
 * @throws {HookurlError} `invalid_option` if it cannot be read or is not UTF-8
 */
export function openSource(path: string): Source {
  let count = 0
  const { stream, size } = path === '-' ? { stream: openStdin(), size: undefined } : openFile(path)
  async function* readText(): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    try {
      for await (const chunk of stream) {
        count += chunk.length
        yield decoder.decode(chunk, { stream: true })
      }
      yield decoder.decode()
    } catch (error) {
      const code = Reflect.get(error as object, 'code')
      if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
        throw invalidOption('--from: the input is not UTF-8', 'Convert it to UTF-8.')
      }
      throw unreadableError(path, code)
    }
  }
  return { text: readText(), size, bytesRead: () => count }
}

function openStdin(): NodeJS.ReadStream {
  reserveStdin('--from -')
  return process.stdin
}

function openFile(path: string): { stream: ReturnType<typeof createReadStream>; size: number | undefined } {
  try {
    const fd = openSync(path, 'r')
    const stats = fstatSync(fd)
    return { stream: createReadStream(path, { fd }), size: stats.isFile() ? stats.size : undefined }
  } catch (error) {
    throw unreadableError(path, Reflect.get(error as object, 'code'))
  }
}

function unreadableError(path: string, code: unknown): Error {
  return invalidOption(`--from: the file ${path} cannot be read (${code})`, 'Pass the path of an existing file.')
}
