// Requires the packages in a CommonJS module of Node, with Express; prints `works`.
const { once } = require('node:events')
const { webhooks } = require('@hookurl/core/webhooks')
const { hookurl } = require('@hookurl/verify/express')
const express = require('express')

const keys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'

async function main() {
  const app = express()
  app.use('/hooks', hookurl({ keys, handlers: { '/run': (hook) => [hook.userId, hook.payload] } }))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const Libs = { Webhooks: webhooks({ keys, baseUrl: `http://127.0.0.1:${port}/hooks` }) }
  const response = await fetch(Libs.Webhooks.getUrlFor({ command: '/run', user_id: 42 }), { method: 'POST' })
  const body = await response.text()
  server.close()
  console.log(body === '["42",{}]' ? 'works' : `Express responded with ${response.status} ${body}`)
}

main()
