// Calls the built function as a function URL would: with a recorded event and a newly minted hook URL.
import { readFileSync } from 'node:fs'
import { createMinter } from '@hookurl/core'

const recorded = JSON.parse(readFileSync(new URL('event.json', import.meta.url), 'utf8'))
const baseUrl = `https://${recorded.requestContext.domainName}/hooks`
const minter = createMinter({ keys: process.env.HOOKURL_KEYS, baseUrl, expiresIn: '1h' })
const url = minter.mintSync({ command: '/onWebhook', userId: 42, content: 'cat' })

const built = new URL('dist/index.mjs', import.meta.url).href
const { handler } = (await import(built)) as typeof import('./handler.ts')
console.log(await handler({ ...recorded, rawPath: new URL(url).pathname }, {}))
