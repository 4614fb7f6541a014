export { createReceiver, type Receiver } from './create-receiver.ts'
export type { Parameters } from './payload.ts'
export type { PolicyOptions } from './policy.ts'
export type { FetchContext } from './shells/fetch.ts'
export { type MemoryUsesOptions, memoryUses } from './stores/memory.ts'
export type { ClaimAnswer, UseClaim, UseStore } from './stores/store.ts'
export type {
  Delivery,
  GuardOptions,
  HandlerHook,
  Handlers,
  HandshakeOptions,
  Page,
  PageContext,
  Pages,
  PageTexts,
  ReceiverOptions,
  RefusedRequest,
} from './types.ts'
export type { UseOptions } from './use-settings.ts'
export {
  createVerifier,
  type VerifiedHook,
  type Verifier,
  type VerifierOptions,
  type VerifyOptions,
} from './verifier.ts'
