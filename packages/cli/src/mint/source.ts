import { createReadStream, fstatSync, openSync } from 'node:fs'
import { invalidOption } from '@hookurl/core/internal'
import { reserveStdin } from '../io/input.ts'

/** A text that is read piece by piece. */
export interface Source {
  readonly text: AsyncGenerator<string>
  /** Its length in bytes, where that is known. */
  readonly size: number | undefined
  /** How much of it was read. */
  bytesRead(): number
}

/**
 * The text of a file, or of stdin for `-`.
 *
 * @throws {HookurlError} `invalid_option` where it cannot be read or is not UTF-8
 */
export function openSource(path: string): Source {
  let count = 0
  const { stream, size } = path === '-' ? { stream: openStdin(), size: undefined } : openFile(path)
  async function* read(): AsyncGenerator<string> {
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
        throw invalidOption('--from: what was read is not UTF-8', 'Convert it to UTF-8.')
      }
      throw unreadable(path, code)
    }
  }
  return { text: read(), size, bytesRead: () => count }
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
    throw unreadable(path, Reflect.get(error as object, 'code'))
  }
}

function unreadable(path: string, code: unknown): Error {
  return invalidOption(`--from: the file ${path} cannot be read (${code})`, 'Name a file that is there.')
}
