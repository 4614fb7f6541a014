export { createWaiter } from './create-waiter.ts'
export { type MemoryWaitStoreOptions, memoryWaitStore } from './memory.ts'
export { type RedisWaitStoreOptions, redisWaitStore } from './redis.ts'
export { type SqlWaitStoreOptions, sqlWaitStore } from './sql.ts'
export { createWaitSchema } from './sql-statements.ts'
export type { WaitRecord, WaitStore } from './store.ts'
export type {
  JsonValue,
  OpenOptions,
  ReceivedCallback,
  Wait,
  Waiter,
  WaiterOptions,
  Webhook,
  WebhookOptions,
} from './waiter.ts'
