// OpenTelemetry's active context in an AsyncLocalStorage, which diagnostics channels can set.
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'

export class StoreContextManager implements ContextManager {
  readonly store: AsyncLocalStorage<Context> = new AsyncLocalStorage()

  active(): Context {
    return this.store.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.store.run(context, () => fn.apply(thisArg, args))
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target
    return ((...args: unknown[]) => this.store.run(context, () => target(...args))) as T
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.store.disable()
    return this
  }
}
