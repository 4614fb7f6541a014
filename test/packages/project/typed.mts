// The packages in a strict TypeScript project: what is inferred and what is an error.
import { createMinter, defineCommands, HookurlError, inspect } from '@hookurl/core'
import { webhooks } from '@hookurl/core/webhooks'
import { createReceiver, createVerifier, type UseStore } from '@hookurl/verify'
import type { casUseStore } from '@hookurl/verify/cas'
import { durableUseStore, HookurlUses } from '@hookurl/verify/durable'
import { type DynamoClient, dynamoUseStore } from '@hookurl/verify/dynamo'
import { hookurl as forFetch } from '@hookurl/verify/fetch'
import { hookurl as forLambda } from '@hookurl/verify/lambda'
import { hookurl as forNode } from '@hookurl/verify/node'
import type { redisUseStore } from '@hookurl/verify/redis'
import type { createStoreTests } from '@hookurl/verify/store-tests'
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
// @ts-expect-error: no such command is defined
export const unknown = createReceiver({ keys, commands, handlers: { '/payed': () => {} } })

export const bot: string = webhooks({ keys, baseUrl: 'https://bot.example.com' }).getUrlFor({ command: '/a' })
export const order: Promise<unknown> = createVerifier({ keys }).verify(url, { command: '/paid' })
export const hosts = [
  forFetch({ keys, handlers: {} }),
  forNode({ keys, handlers: {} }),
  forLambda({ keys, handlers: {} }),
]
export const isExpired = (error: unknown): boolean => error instanceof HookurlError && error.code === 'expired'
export const problems: unknown = inspect(url)
export type Stores = [UseStore, ReturnType<typeof redisUseStore>, ReturnType<typeof casUseStore>]
export type StoreTests = ReturnType<typeof createStoreTests>
export const inTheCloud = (env: { USES: Parameters<typeof durableUseStore>[0] }, client: DynamoClient): UseStore[] => [
  durableUseStore(env.USES),
  dynamoUseStore(client, { table: 'uses' }),
]
export class OwnUses extends HookurlUses {}
