import { hookurl } from '@hookurl/verify/express'
import express from 'express'
import { expect, test } from 'vitest'
import { sendToPort } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

async function startApp() {
  const app = express().use(hookurl({ ...policy, handlers: { [command]: () => Response.json('ran') } }))
  app.use((request, response) => void response.send(`route ${request.url} ${String(request.hook)}`))
  return sendToPort(await listen(app))
}

test('a request without a token reaches the next route, without a hook', async () => {
  const send = await startApp()
  expect((await send({ path: '/hooks/a?b=1' })).text).toBe('route /hooks/a?b=1 undefined')
})

test('a request with a malformed token does not reach the next route', async () => {
  const send = await startApp()
  expect((await send({ method: 'POST', path: `${mintPath()}A` })).status).toBe(400)
})

test('a request with a valid token runs its handler', async () => {
  const send = await startApp()
  expect((await send({ method: 'POST', path: mintPath() })).json()).toBe('ran')
})

test('a guard keeps the headers that an earlier middleware set', async () => {
  const app = express().use((_request, response, next) => next(void response.set('referrer-policy', 'same-origin')))
  app.use(hookurl({ ...policy, command }), (_request, response) => void response.end())
  const { header } = await sendToPort(await listen(app))({ method: 'POST', path: mintPath() })
  expect(header('referrer-policy')).toBe('same-origin')
  expect(header('cache-control')).toBe('no-store')
})

const commands = { [command]: {} } as const

test('a guard with a route calls it with the hook', async () => {
  const guard = hookurl({ ...policy, commands, command }, (request, response) => {
    response.json([request.hook.content, request.params.id])
  })
  const send = sendToPort(await listen(express().all('/hooks/:id', guard)))
  const path = mintPath({ content: 7 })
  expect((await send({ method: 'POST', path })).json()).toEqual([7, path.split('/')[2]])
  expect((await send({ method: 'POST', path: `${path}A` })).status).toBe(400)
})

test("the application's error handler receives what a route throws", async () => {
  const guard = hookurl({ ...policy, command }, async () => Promise.reject(new Error('broken')))
  const app = express().use(guard, ((error, _request, response, _next) => {
    response.status(502).send(error.message)
  }) satisfies express.ErrorRequestHandler)
  const { status, text } = await sendToPort(await listen(app))({ method: 'POST', path: mintPath() })
  expect([status, text]).toEqual([502, 'broken'])
})

async function startTwoGuards() {
  const app = express()
  for (const guarded of ['/unsubscribe', '/delete-account']) {
    app.all(`${guarded}{/*rest}`, hookurl({ ...policy, command: guarded }), (request, response) => {
      response.json(request.hook?.command)
    })
  }
  const send = sendToPort(await listen(app))
  return async (route: string, mintedFor: string) =>
    (await send({ method: 'POST', path: mintPath({ command: mintedFor }).replace('/hooks', route) })).json()
}

test('each of two guards accepts its own command', async () => {
  const post = await startTwoGuards()
  expect(await post('/unsubscribe', '/unsubscribe')).toBe('/unsubscribe')
  expect(await post('/delete-account', '/delete-account')).toBe('/delete-account')
})

test('a guard rejects the command of another guard', async () => {
  const post = await startTwoGuards()
  expect(await post('/delete-account', '/unsubscribe')).toMatchObject({ code: 'wrong_command' })
})

test('a guard rejects a request without a token', async () => {
  const app = express().all('/delete-account{/*rest}', hookurl({ ...policy, command }), (_request, response) => {
    response.end('from the route')
  })
  const send = sendToPort(await listen(app))
  expect((await send({ method: 'POST', path: '/delete-account' })).json()).toMatchObject({ code: 'no_token' })
})
