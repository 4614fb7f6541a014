// Uses the packages on Node, with Express; prints `works`. It also runs as CommonJS, which has no top-level await.
import { once } from 'node:events'
import { webhooks } from '@hookurl/core/webhooks'
import { hookurl } from '@hookurl/verify/express'
import express from 'express'
import { use } from './use.mjs'

const keys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'

async function main() {
  const app = express()
  app.use('/hooks', hookurl({ keys, handlers: { '/run': (hook) => Response.json([hook.userId, hook.payload]) } }))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const Libs = { Webhooks: webhooks({ keys, baseUrl: `http://127.0.0.1:${port}/hooks` }) }
  const response = await fetch(Libs.Webhooks.getUrlFor({ command: '/run', user_id: 42 }), { method: 'POST' })
  const body = await response.text()
  server.close()
  console.log(body === '["42",{}]' ? await use() : `Express responded with ${response.status} ${body}`)
}

main()
