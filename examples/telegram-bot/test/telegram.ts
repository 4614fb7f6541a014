// Telegram's Bot API, emulated over HTTP, and the people who chat with the bot.
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js'

const botToken = '42:not-a-secret'

/** A message that the bot has sent, as far as the tests look at it. */
export interface BotMessage {
  readonly text: string
  readonly entities?: readonly { readonly type: string; readonly offset: number; readonly length: number }[]
}

export interface ChatUser {
  /** Sends a command to the bot. */
  command(text: string): Promise<void>
  /** All that the bot has said to this person, the oldest first. */
  heard(): Promise<BotMessage[]>
}

export interface Telegram {
  readonly origin: string
  readonly botToken: string
  createUser(id: number): ChatUser
  stop(): Promise<unknown>
}

/** What of the emulator is private in its types. */
interface EmulatorInternals {
  webServer: RequestListener & { readonly settings: unknown }
  server: Server
}

/** Starts the emulator on a free port: it knows fixed ones only, so its settings are told afterwards. */
export async function startTelegram(): Promise<Telegram> {
  const server = new TelegramServer({ host: '127.0.0.1' })
  const inside = server as unknown as EmulatorInternals
  const { settings } = inside.webServer
  inside.webServer = Object.assign(slowPolls(inside.webServer), { settings })
  server.config.port = 0
  await server.start()
  const origin = `http://127.0.0.1:${(inside.server.address() as AddressInfo).port}`
  server.config.apiURL = origin
  return { origin, botToken, person: (id) => createChatUser(server, id), stop: () => server.stop() }
}

// Telegram holds getUpdates until there is one; the emulator answers at once, and would be asked without pause.
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
    command: async (text) => {
      await client.sendCommand(client.makeCommand(text))
    },
    heard: async () => {
      const history = (await client.getUpdatesHistory()) as unknown as { message: BotMessage & { chat_id?: number } }[]
      return history.map(({ message }) => message).filter(({ chat_id: chat }) => Number(chat) === id)
    },
  }
}
