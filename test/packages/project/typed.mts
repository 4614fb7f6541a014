// The packages in a strict TypeScript project: what is inferred and what is an error.
import type { IncomingMessage } from 'node:http'
import { createMinter, defineCommands, HookurlError, inspect } from '@hookurl/core'
import { webhooks } from '@hookurl/core/webhooks'
import { createReceiver, createVerifier, type Handler, type UseStore } from '@hookurl/verify'
import type { casUseStore } from '@hookurl/verify/cas'
import { durableUseStore, HookurlUses } from '@hookurl/verify/durable'
import { type DynamoClient, dynamoUseStore } from '@hookurl/verify/dynamo'
import { hookurl as forFetch } from '@hookurl/verify/fetch'
import { hookurl as forLambda } from '@hookurl/verify/lambda'
import { hookurl as forNode } from '@hookurl/verify/node'
import type { redisUseStore } from '@hookurl/verify/redis'
import type { createStoreTests } from '@hookurl/verify/store-tests'
import { createWaiter, memoryWaitStore } from '@hookurl/verify/wait'
import { z } from 'zod'

const keys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const commands = defineCommands({ '/paid': { content: z.object({ order: z.number() }) } })

export const minter = createMinter({ keys, commands, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })
export const url: string = minter.mintSync({ command: '/paid', content: { order: 7 } })
// @ts-expect-error: content is not what the schema says
export const wrong: string = minter.mintSync({ command: '/paid', content: { order: 'seven' } })

export const receiver = createReceiver({
  keys,
  commands,
  handlers: { '/paid': (hook) => hook.content.order.toFixed() },
})
// @ts-expect-error: the handler is for other content
export const other = createReceiver({ keys, commands, handlers: { '/paid': (hook: { content: string }) => hook } })
export const onPaid: Handler<typeof commands, '/paid'> = ({ content }) => content.order.toFixed()
export const lenient = createReceiver({
  keys,
  commands,
  purpose: undefined,
  handlers: { '/paid': onPaid, '/other': (hook) => [hook.command.length, hook.userId], '*': undefined },
})
export const guarded = forNode({ keys, commands, command: '/paid' }, (request, response) => {
  response.writeHead(200).end(request.hook.content.order.toFixed() + request.headersDistinct.host)
})
export const getUser = (request: IncomingMessage): string | undefined => request.hook?.userId

export const bot: string = webhooks({ keys, baseUrl: 'https://bot.example.com' }).getUrlFor({ command: '/a' })
export const order: Promise<unknown> = createVerifier({ keys }).verify(url, { command: '/paid' })
export const hosts = [
  forFetch({ keys, handlers: {} }),
  forNode({ keys, handlers: {} }),
  forLambda({ keys, handlers: {} }),
]
const waits = createWaiter({ keys, commands, baseUrl: 'https://shop.example.com/waits', waits: memoryWaitStore() })
export const waitHosts = [forFetch(waits.receiver), forNode({ ...waits.receiver, maxBodySize: 1000 })]
export const paid: Promise<unknown> = waits
  .open({ command: '/paid', content: { order: 7 } })
  .then(({ received }) => received)
// @ts-expect-error: content is not what the schema says
export const unpaid: unknown = () => waits.open({ command: '/paid', content: { order: 'seven' } })
export const isExpired = (error: unknown): boolean => error instanceof HookurlError && error.code === 'expired'
export const problems: unknown = inspect(url)
export type Stores = [UseStore, ReturnType<typeof redisUseStore>, ReturnType<typeof casUseStore>]
export type StoreTests = ReturnType<typeof createStoreTests>
export const inTheCloud = (env: { USES: Parameters<typeof durableUseStore>[0] }, client: DynamoClient): UseStore[] => [
  durableUseStore(env.USES),
  dynamoUseStore(client, { table: 'uses' }),
]
export class OwnUses extends HookurlUses {}
