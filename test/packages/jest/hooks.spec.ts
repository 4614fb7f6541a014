// The packages in Jest with ts-jest: in CommonJS, and in a realm whose `Error` is not Node's.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createMinter, defineCommands, HookurlError, isHookurlError } from '@hookurl/core'
import { webhooks } from '@hookurl/core/webhooks'
import { createVerifier } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/express'
import { expect, test } from '@jest/globals'
import express from 'express'
import { z } from 'zod'

const { use } = require('./use.cjs')
const keys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const commands = defineCommands({ '/paid': { content: z.object({ order: z.number() }) } })
const minter = createMinter({ keys, commands, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })

test('a URL is minted and verified', () => {
  const url = minter.mintSync({ command: '/paid', content: { order: 7 } })
  expect(createVerifier({ keys, commands }).verifySync(url, { command: '/paid' }).content.order).toBe(7)
})

test('a rejection is a HookurlError', () => {
  const { verifySync } = createVerifier({ keys })
  const verify = (): unknown => verifySync('https://shop.example.com/hooks/x', { command: '/paid' })
  expect(verify).toThrow(HookurlError)
  expect(verify).toThrow(expect.objectContaining({ code: 'no_token' }))
  try {
    verify()
  } catch (error) {
    expect(isHookurlError(error)).toBe(true)
  }
})

test('Express receives a JSON body', async () => {
  const app = express()
  app.use('/hooks', hookurl({ keys, handlers: { '/run': (hook) => Response.json(hook.payload) } }))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = webhooks({ keys, baseUrl: `http://127.0.0.1:${port}/hooks` }).getUrlFor({ command: '/run' })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: '{"a":1}' })
  expect(await response.json()).toEqual({ a: 1 })
  server.close()
})

test('hooks are received with uses, encryption and a guard', async () => {
  expect(await use()).toBe('works')
})
