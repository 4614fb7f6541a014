export { createReceiver, type Receiver } from './create-receiver.ts'
export type { FetchContext } from './hosts/fetch.ts'
export type {
  AuthorizedHook,
  GuardOptions,
  Handlers,
  HandshakeOptions,
  Outcome,
  ReceivedHook,
  ReceiverOptions,
  RequestData,
  ResultEvent,
  UserId,
} from './receive/options.ts'
export type { SignatureScheme } from './receive/signatures/schemes.ts'
export type { QueryParams } from './request/payload.ts'
export type { PageLanguage, PageMessage } from './response/page-language.ts'
export type {
  Page,
  PageContext,
  Pages,
  PageText,
  Support,
  Themed,
} from './response/page-options.ts'
export { type MemoryUseStoreOptions, memoryUseStore } from './uses/memory.ts'
export type { UseOptions } from './uses/options.ts'
export type { ReserveRequest, ReserveResult, UseStore } from './uses/store.ts'
export type { PolicyOptions } from './verifier/policy.ts'
export {
  createVerifier,
  type IgnoredCheck,
  type VerifiedHook,
  type Verifier,
  type VerifierOptions,
  type VerifyOptions,
} from './verifier/verifier.ts'
