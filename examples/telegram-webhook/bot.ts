import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import { Bot } from 'grammy'
import type { Update } from 'grammy/types'

const { HOOKURL_KEYS: keys = '', HOOKURL_BASE_URL: baseUrl = '', PORT = '8787' } = process.env

const bot = new Bot(process.env.BOT_TOKEN ?? '', { client: { apiRoot: process.env.TELEGRAM_API } })
bot.command('start', (ctx) => ctx.reply('Hello! Send me a word.'))
bot.on('message:text', (ctx) => ctx.reply(`You sent ${ctx.message.text.length} characters.`))

// Telegram sends the secret with each update. Someone who has the URL alone cannot send updates.
const receiver = hookurl({
  keys,
  signatureSchemes: ['x-telegram-bot-api-secret-token'],
  handlers: { '/onUpdate': (hook) => bot.handleUpdate(hook.payload as Update) },
})

const server = createServer(receiver).listen(Number(PORT), async () => {
  await bot.init()
  await setWebhook()
  console.log(`listening on http://localhost:${(server.address() as AddressInfo).port}`)
})

// Nothing is stored: a restart sets another URL, and its secret is derived from it.
async function setWebhook(): Promise<void> {
  const minter = createMinter({ keys, baseUrl, expiresIn: '30d' })
  const url = minter.mintSync({ command: '/onUpdate', requireSignature: true })
  await bot.api.setWebhook(url, { secret_token: minter.signingSecretSync(url, { encoding: 'plain' }) })
}
