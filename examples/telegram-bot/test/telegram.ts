// Emulates Telegram's Bot API over HTTP, and the users who chat with the bot.
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js'

const botToken = '42:not-a-secret'

/** The parts of a bot's message that the tests check. */
export interface BotMessage {
  readonly text: string
  readonly entities?: readonly { readonly type: string; readonly offset: number; readonly length: number }[]
}

/** What a bot passes to `setWebhook`. */
export interface Webhook {
  readonly url: string
  readonly secret_token?: string
}

export interface TelegramOptions {
  /** Returns the webhook that the emulator uses instead. */
  onSetWebhook?(webhook: Webhook): Webhook
}

export interface ChatUser {
  /** Sends a message to the bot. */
  sendMessage(text: string): Promise<void>
  /** Sends a command to the bot. */
  sendCommand(text: string): Promise<void>
  /** All messages of the bot to this user, oldest first. */
  receivedMessages(): Promise<BotMessage[]>
}

export interface Telegram {
  readonly origin: string
  readonly botToken: string
  createUser(id: number): ChatUser
  stop(): Promise<unknown>
}

/** The private members of the emulator that this file uses. */
interface EmulatorInternals {
  webServer: RequestListener & { readonly settings: unknown }
  server: Server
  setWebhook(webhook: Webhook, botToken: string): void
}

/** Starts the emulator on a free port. It supports fixed ports only, so its settings are changed after the start. */
export async function startTelegram({ onSetWebhook }: TelegramOptions = {}): Promise<Telegram> {
  const server = new TelegramServer({ host: '127.0.0.1' })
  const inside = server as unknown as EmulatorInternals
  const { settings } = inside.webServer
  inside.webServer = Object.assign(slowPolls(inside.webServer), { settings })
  if (onSetWebhook !== undefined) {
    const setWebhook = inside.setWebhook.bind(server)
    inside.setWebhook = (webhook, token) => setWebhook(onSetWebhook(webhook), token)
  }
  server.config.port = 0
  await server.start()
  const origin = `http://127.0.0.1:${(inside.server.address() as AddressInfo).port}`
  server.config.apiURL = origin
  return { origin, botToken, createUser: (id) => createChatUser(server, id), stop: () => server.stop() }
}

// Telegram's getUpdates is a long poll; the emulator responds immediately, so a delay prevents a busy loop.
function slowPolls(listener: RequestListener): RequestListener {
  const isPoll = ({ url = '' }: IncomingMessage): boolean => url.startsWith('/bot') && url.endsWith('/getUpdates')
  return (request, response) => {
    if (!isPoll(request)) return listener(request, response)
    setTimeout(listener, 25, request, response)
  }
}

function createChatUser(server: TelegramServer, id: number): ChatUser {
  const client = server.getClient(botToken, { userId: id, chatId: id })
  return {
    sendMessage: async (text) => {
      await client.sendMessage(client.makeMessage(text))
    },
    sendCommand: async (text) => {
      await client.sendCommand(client.makeCommand(text))
    },
    receivedMessages: async () => {
      const history = (await client.getUpdatesHistory()) as unknown as { message: BotMessage & { chat_id?: number } }[]
      return history.map(({ message }) => message).filter(({ chat_id: chat }) => Number(chat) === id)
    },
  }
}
