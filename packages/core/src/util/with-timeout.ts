/** Waits at most `timeoutMs` for a promise, then rejects with the error that `createError` returns. */
export function withTimeout<T>(pending: Promise<T>, timeoutMs: number, createError: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(createError()), timeoutMs)
    pending.then(resolve, reject).then(() => clearTimeout(timer))
  })
}
