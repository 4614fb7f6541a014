import type { BodyLimits } from '../request/body-limits.ts'
import type { UnreadBody } from '../request/incoming-request.ts'

/** Waits at most `timeoutMs` for a body that other code is reading. */
export async function withTimeout<T>(reading: PromiseLike<T>, { timeoutMs }: BodyLimits): Promise<T | UnreadBody> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<UnreadBody>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'unread', code: 'body_timeout' }), timeoutMs)
  })
  try {
    return await Promise.race([reading, timeout])
  } finally {
    clearTimeout(timer)
  }
}
