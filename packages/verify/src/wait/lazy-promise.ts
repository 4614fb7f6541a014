/** Creates a promise whose work starts when it is first awaited. If it is never awaited, nothing happens. */
export function createLazyPromise<T>(start: () => Promise<T>): Promise<T> {
  let started: Promise<T> | undefined
  function run(): Promise<T> {
    started ??= start()
    return started
  }
  return {
    // biome-ignore lint/suspicious/noThenProperty: only a `then` of its own can tell when it is awaited
    then: (onFulfilled, onRejected) => run().then(onFulfilled, onRejected),
    catch: (onRejected) => run().catch(onRejected),
    finally: (onFinally) => run().finally(onFinally),
    [Symbol.toStringTag]: 'Promise',
  }
}
