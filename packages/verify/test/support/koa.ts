import { text } from 'node:stream/consumers'
import type { Hook } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { sendToPort } from './clients.ts'
import { listen } from './serve.ts'
import type { Setup, Subject } from './subjects.ts'

/** Koa, which has no mount paths of its own. */
export const koaSubject: Subject = {
  name: 'koa 3',
  receiver: async (options, setup = {}) => sendToPort(await listen(prepare(setup).use(hookurl(options)).callback())),
  guard: async (options, route, setup = {}) => {
    const app = prepare(setup).use(hookurl(options))
    app.use(async (ctx) => {
      const { hook } = ctx.state
      const sent = ctx.req.readableEnded ? JSON.stringify(Reflect.get(ctx.request, 'body')) : await text(ctx.req)
      const { status = 200, headers = {}, text: body } = route(hook as Hook, sent)
      ctx.set(headers)
      ctx.body = body
      ctx.status = status
    })
    return sendToPort(await listen(app.callback()))
  },
}

function prepare({ parsers = false }: Setup): Koa {
  const app = new Koa()
  app.silent = true
  return parsers ? app.use(bodyParser()) : app
}
