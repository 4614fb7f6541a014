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

// A personal URL: it says for whom it runs, what the bot will say, and where the browser goes afterwards.
bot.chatType('private').command('start', async (ctx) => {
  const url = minter.mintSync({
    command: '/onWebhook',
    userId: ctx.from.id,
    content: 'Did you see the cat?',
    redirectTo: 'https://cataas.com/cat',
  })
  await ctx.reply(`Your own link: ${url}`)
})

// A global URL, for the admin panel of some service: whatever is posted to it is shown in this chat, until the key changes.
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
      await showPosted(Number(hook.content), hook.payload)
    },
  },
})

// Anyone who has the URL chose the payload. As an entity it stays text, whatever is in it: no markup, link or mention.
async function showPosted(chat: number, payload: unknown): Promise<void> {
  const title = 'A service posted:\n'
  const posted = shorten(inspect(payload, { depth: 5 }))
  await bot.api.sendMessage(chat, title + posted, {
    entities: [{ type: 'pre', offset: title.length, length: posted.length }],
  })
}

// Telegram takes 4,096 characters of 16 bits, and no half of a pair.
function shorten(text: string): string {
  return text.length <= 2000 ? text : `${[...text].slice(0, 2000).join('')} …`
}

const server = createServer(receiver).listen(port, () => {
  console.log(`listening on http://localhost:${(server.address() as AddressInfo).port}`)
})
// Its text only: the error itself holds the message that was not sent, URL and all.
bot.catch(({ error }) => console.error(String(error)))
await bot.start()
