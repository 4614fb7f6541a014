import type { LambdaEvent } from '@hookurl/verify/lambda'
import type { FastifyRequest } from 'fastify'
import type { Context as HonoContext } from 'hono'
import type { Context as KoaContext } from 'koa'

type HeaderReader = (native: never, name: string) => string | undefined

// How an application reads a header from what its framework passes to handlers.
const readers: readonly [subject: RegExp, reader: HeaderReader][] = [
  [/^(?:fetch|next|h3)/, ({ headers }: Request, name) => headers.get(name) ?? undefined],
  [/^hono/, (context: HonoContext, name) => context.req.header(name)],
  [/^koa/, (context: KoaContext, name) => context.get(name) || undefined],
  [/fastify/, ({ headers, routeOptions }: FastifyRequest, name) => routeOptions && String(headers[name] ?? '')],
  [/^lambda/, ({ headers, multiValueHeaders }: LambdaEvent, name) => headers?.[name] ?? multiValueHeaders?.[name]?.[0]],
  [/express/, (request: { get(name: string): string | undefined }, name) => request.get(name)],
  [/^node/, ({ headers }: { headers: Record<string, string | undefined> }, name) => headers[name]],
]

/** Reads a header from the native request of a subject, with the framework's own means. */
export function readNativeHeader(subject: string, native: unknown, name: string): string | undefined {
  const reader = readers.find(([pattern]) => pattern.test(subject))?.[1]
  if (reader === undefined) throw new Error(`no reader for ${subject}`)
  return reader(native as never, name)
}
