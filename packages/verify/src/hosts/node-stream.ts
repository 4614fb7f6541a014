import { BodyBuffer } from '../request/body-buffer.ts'
import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, UnreadBody } from '../request/incoming-request.ts'
import { toBytes } from './bytes-body.ts'

/**
 * The parts of a Node stream that hookurl uses.
 *
 * @internal
 */
export interface NodeReadable {
  /** `false` if the stream has ended or was destroyed, or if it imitates a stream and yields nothing. */
  readonly readable?: boolean
  readonly readableDidRead?: boolean
  readonly readableEnded?: boolean
  readonly destroyed?: boolean
  on(event: string, listener: (...args: unknown[]) => void): unknown
  off(event: string, listener: (...args: unknown[]) => void): unknown
  pause(): unknown
  resume(): unknown
}

/** Whether no one has read a stream, so that all of it can still be read. */
export function isUnread({ readable, readableDidRead, readableEnded, destroyed }: NodeReadable): boolean {
  // A stream that was destroyed before it was read belongs to a request that was aborted.
  return readableDidRead !== true && readableEnded !== true && (readable !== false || destroyed === true)
}

/** Whether other code is still reading a stream, so that what it has kept is incomplete. */
export function isBeingRead({ readableDidRead, readableEnded }: NodeReadable): boolean {
  return readableDidRead === true && readableEnded === false
}

/** Ignores later errors of a stream, which no other code handles once it has been read. */
export function ignoreErrors(stream: NodeReadable): void {
  stream.on('error', () => {})
}

/** Reads a stream. If it yields anything but bytes, the body counts as consumed. */
export function readNodeStream(
  stream: NodeReadable,
  { maxBodySize, timeoutMs }: BodyLimits,
): Promise<Body | UnreadBody> {
  if (stream.destroyed === true) return Promise.resolve({ kind: 'unread', code: 'request_aborted' })
  return new Promise((resolve) => {
    const buffer = new BodyBuffer(maxBodySize)
    const timer = setTimeout(() => finish({ kind: 'unread', code: 'body_timeout' }), timeoutMs)
    const onData = (chunk: unknown): void => {
      const bytes = toBytes(chunk)
      // Other code has called `setEncoding`, so the bytes are lost.
      if (bytes === undefined) finish({ kind: 'unread', code: 'body_already_consumed' })
      else if (!buffer.append(bytes)) finish({ kind: 'unread', code: 'body_too_large' })
    }
    const onEnd = (): void => {
      const { buffer: memory, byteOffset, byteLength } = buffer.toBytes()
      const bytes = Buffer.from(memory, byteOffset, byteLength)
      finish(byteLength === 0 ? { kind: 'none' } : { kind: 'bytes', bytes })
    }
    const onAborted = (): void => finish({ kind: 'unread', code: 'request_aborted' })
    const listeners: Readonly<Record<string, (...args: unknown[]) => void>> = {
      data: onData,
      end: onEnd,
      error: onAborted,
      aborted: onAborted,
      close: onAborted,
    }

    function finish(result: Body | UnreadBody): void {
      clearTimeout(timer)
      for (const [event, listener] of Object.entries(listeners)) stream.off(event, listener)
      ignoreErrors(stream)
      if (result.kind === 'unread') stream.pause()
      resolve(result)
    }

    for (const [event, listener] of Object.entries(listeners)) stream.on(event, listener)
    stream.resume()
  })
}
