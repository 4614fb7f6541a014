import { text } from 'node:stream/consumers'
import type { Hook } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { toPort } from './clients.ts'
import { listen } from './serve.ts'
import type { Setup, Subject } from './subjects.ts'

/** Koa, which mounts nothing anywhere by itself. */
export const koaSubject: Subject = {
  name: 'koa 3',
  receiver: async (options, setup = {}) => toPort(await listen(prepare(setup).use(hookurl(options)).callback())),
  guard: async (options, route, setup = {}) => {
    const app = prepare(setup).use(hookurl(options))
    app.use(async (ctx) => {
      const { hook } = ctx.state
      const body = ctx.req.readableEnded ? JSON.stringify(Reflect.get(ctx.request, 'body')) : await text(ctx.req)
      const { status = 200, headers = {}, text: answer } = route(hook as Hook, body)
      ctx.set(headers)
      ctx.body = answer
      ctx.status = status
    })
    return toPort(await listen(app.callback()))
  },
}

function prepare({ parsers = false }: Setup): Koa {
  const app = new Koa()
  app.silent = true
  return parsers ? app.use(bodyParser()) : app
}
