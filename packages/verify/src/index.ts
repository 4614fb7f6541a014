export { createReceiver, type Receiver } from './create-receiver.ts'
export type { Parameters } from './payload.ts'
export type { PolicyOptions } from './policy.ts'
export type { FetchContext } from './shells/fetch.ts'
export type {
  Delivery,
  GuardOptions,
  HandlerHook,
  Handlers,
  ReceiverOptions,
  RefusedRequest,
} from './types.ts'
export {
  createVerifier,
  type VerifiedHook,
  type Verifier,
  type VerifierOptions,
  type VerifyOptions,
} from './verifier.ts'
