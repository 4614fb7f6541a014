import type { HookurlError } from '@hookurl/core'
import { memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { expect, test } from 'vitest'
import { sendToPort } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const silent = { ...policy, onError: () => {} }

function create(): Koa {
  const app = new Koa()
  app.silent = true
  return app
}

async function rawBodyOf(body: string | Uint8Array): Promise<unknown> {
  let raw: unknown
  const handler = (hook: { rawBody(): Uint8Array }): void => {
    try {
      raw = Buffer.from(hook.rawBody()).toString('hex')
    } catch (error) {
      raw = (error as HookurlError).code
    }
  }
  const app = create()
    .use(bodyParser())
    .use(hookurl({ ...silent, handlers: { [command]: handler } }))
  const headers = { 'content-type': 'application/json' }
  await sendToPort(await listen(app.callback()))({ method: 'POST', path: mintPath(), headers, body })
  return raw
}

test('behind koa-bodyparser, the raw body is exact or not given at all', async () => {
  expect(await rawBodyOf('{"a": "ü"}')).toBe(Buffer.from('{"a": "ü"}').toString('hex'))
  expect(await rawBodyOf('\ufeff{"a":1}')).toBe('body_already_consumed')
  expect(await rawBodyOf(Buffer.from('{"a":"\xff"}', 'latin1'))).toBe('body_already_consumed')
})

test('middleware before it sees the status, middleware behind it what bears no token', async () => {
  const seen: number[] = []
  const app = create().use(async (ctx, next) => {
    await next()
    seen.push(ctx.status)
  })
  app.use(hookurl({ ...silent, handlers: { [command]: () => 'ran' } }))
  app.use((ctx) => {
    ctx.body = `own ${ctx.url}`
  })
  const send = sendToPort(await listen(app.callback()))
  expect((await send({ path: '/other?a=1' })).text).toBe('own /other?a=1')
  expect((await send({ method: 'POST', path: mintPath() })).json()).toBe('ran')
  expect((await send({ method: 'POST', path: mintPath({ command: '/x' }) })).status).toBe(404)
  expect(seen).toEqual([200, 200, 404])
})

test('a route that throws behind a guard gives the use back', async () => {
  let fails = true
  const app = create().use(hookurl({ ...silent, command, uses: memoryUseStore({ now: policy.now }) }))
  app.use((ctx) => {
    if (fails) throw new Error('not yet')
    ctx.body = ctx.state.hook?.command
  })
  const send = sendToPort(await listen(app.callback()))
  const path = mintPath({ maxUses: 1 })
  expect((await send({ method: 'POST', path })).status).toBe(500)
  fails = false
  expect((await send({ method: 'POST', path })).text).toBe(command)
  expect((await send({ method: 'POST', path })).status).toBe(410)
})
