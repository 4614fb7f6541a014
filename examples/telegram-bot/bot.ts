import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { createMinter } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import { Bot } from 'grammy'

const keys = process.env.HOOKURL_KEYS
const port = Number(process.env.PORT ?? 8787)
const baseUrl = process.env.HOOKURL_BASE_URL ?? `http://localhost:${port}/hooks`

const bot = new Bot(process.env.BOT_TOKEN ?? '', { client: { apiRoot: process.env.TELEGRAM_API } })
const minter = createMinter({ keys, baseUrl, expiresIn: '30d' })

// A personal URL: it contains the user, the bot's message, and the redirect.
bot.chatType('private').command('start', async (ctx) => {
  const url = minter.mintSync({
    command: '/onWebhook',
    userId: ctx.from.id,
    content: 'Did you see the cat?',
    redirectTo: 'https://cataas.com/cat',
  })
  await ctx.reply(`Your personal link: ${url}`)
})

// A global URL, for a service's webhook field: what is posted to it appears in this chat until the key is retired.
bot.command('service', async (ctx) => {
  const url = minter.mintSync({ command: '/onPost', content: ctx.chat.id, expiresIn: 'never' })
  await ctx.reply(`For the service's webhook field: ${url}`)
})

const receiver = hookurl({
  keys,
  handlers: {
    '/onWebhook': async (hook) => {
      await bot.api.sendMessage(Number(hook.userId), String(hook.content))
    },
    '/onPost': async (hook) => {
      await showPayload(Number(hook.content), hook.payload)
    },
  },
})

// Anyone with the URL can choose the payload. As an entity, it is shown as text: no markup, link or mention.
async function showPayload(chat: number, payload: unknown): Promise<void> {
  const title = 'A service posted:\n'
  const posted = shorten(inspect(payload, { depth: 5 }))
  await bot.api.sendMessage(chat, title + posted, {
    entities: [{ type: 'pre', offset: title.length, length: posted.length }],
  })
}

// Telegram accepts 4,096 UTF-16 code units, and no lone surrogates.
function shorten(text: string): string {
  return text.length <= 2000 ? text : `${[...text].slice(0, 2000).join('')} …`
}

const server = createServer(receiver).listen(port, () => {
  console.log(`listening on http://localhost:${(server.address() as AddressInfo).port}`)
})
// The error object contains the unsent message with its URL, so only `String(error)` is logged.
bot.catch(({ error }) => console.error(String(error)))
await bot.start()
