import { isHookurlError } from '@hookurl/core'
import { memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { expect, test } from 'vitest'
import { sendToPort } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const silent = { ...policy, onError: () => {} }

function createApp(): Koa {
  const app = new Koa()
  app.silent = true
  return app
}

/** Sends a body through koa-bodyparser; returns the raw body in hex, or the code of the error. */
async function readRawBody(body: string | Uint8Array): Promise<unknown> {
  let raw: unknown
  const handler = (hook: { rawBody(): Uint8Array }): void => {
    try {
      raw = Buffer.from(hook.rawBody()).toString('hex')
    } catch (error) {
      raw = isHookurlError(error) && error.code
    }
  }
  const app = createApp()
    .use(bodyParser())
    .use(hookurl({ ...silent, handlers: { [command]: handler } }))
  const headers = { 'content-type': 'application/json' }
  await sendToPort(await listen(app.callback()))({ method: 'POST', path: mintPath(), headers, body })
  return raw
}

test('behind koa-bodyparser, rawBody() has the exact bytes of UTF-8', async () => {
  expect(await readRawBody('{"a": "ü"}')).toBe(Buffer.from('{"a": "ü"}').toString('hex'))
})

test('behind koa-bodyparser, rawBody() throws for a body with a byte order mark', async () => {
  expect(await readRawBody('\ufeff{"a":1}')).toBe('body_already_consumed')
})

test('behind koa-bodyparser, rawBody() throws for a body that is not UTF-8', async () => {
  expect(await readRawBody(Buffer.from('{"a":"\xff"}', 'latin1'))).toBe('body_already_consumed')
})

async function startWithMiddleware() {
  const statuses: number[] = []
  const app = createApp().use(async (ctx, next) => {
    await next()
    statuses.push(ctx.status)
  })
  app.use(hookurl({ ...silent, handlers: { [command]: () => Response.json('ran') } }))
  app.use((ctx) => {
    ctx.body = `own ${ctx.url}`
  })
  return { send: sendToPort(await listen(app.callback())), statuses }
}

test('a request without a token reaches the next middleware', async () => {
  const { send } = await startWithMiddleware()
  expect((await send({ path: '/other?a=1' })).text).toBe('own /other?a=1')
})

test('an earlier middleware sees the status of the response', async () => {
  const { send, statuses } = await startWithMiddleware()
  expect((await send({ method: 'POST', path: mintPath() })).json()).toBe('ran')
  expect((await send({ method: 'POST', path: mintPath({ command: '/x' }) })).status).toBe(404)
  expect(statuses).toEqual([200, 404])
})

test('a guarded route that throws releases the use', async () => {
  let isBroken = true
  const app = createApp().use(hookurl({ ...silent, command, uses: memoryUseStore({ now: policy.now }) }))
  app.use((ctx) => {
    if (isBroken) throw new Error('not yet')
    ctx.body = ctx.state.hook?.command
  })
  const send = sendToPort(await listen(app.callback()))
  const path = mintPath({ maxUses: 1 })
  expect((await send({ method: 'POST', path })).status).toBe(500)
  isBroken = false
  expect((await send({ method: 'POST', path })).text).toBe(command)
  expect((await send({ method: 'POST', path })).status).toBe(410)
})
