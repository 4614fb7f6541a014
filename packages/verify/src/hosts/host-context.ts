/** What a `fetch` host provides in addition to the request. */
export interface FetchContext {
  waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

// Where Vercel keeps the context of the current request; `waitUntil` of `@vercel/functions` reads it too.
const vercelKey = Symbol.for('@vercel/request-context')

/**
 * Returns the context of the current request on a host that has one for the entire process, whatever framework runs there:
 * on Vercel, whose functions may receive no context as an argument, and on Netlify.
 */
export function findHostContext(): FetchContext | undefined {
  const vercel = Reflect.get(globalThis, vercelKey) as { get?(): unknown } | undefined
  const netlify = Reflect.get(globalThis, 'Netlify') as { readonly context?: unknown } | undefined
  const contexts = [vercel?.get?.(), netlify?.context] as (FetchContext | null | undefined)[]
  return contexts.find((context) => typeof context?.waitUntil === 'function') ?? undefined
}
