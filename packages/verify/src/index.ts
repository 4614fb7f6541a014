// What programs with a receiver also need of @hookurl/core, which strict package managers do not let them import.
export {
  type AnyCommands,
  type CommandDefinition,
  type CommandDefinitions,
  type CommandName,
  type ContentOutput,
  type Duration,
  defineCommands,
  type ErrorCode,
  type Hook,
  HookurlError,
  isHookurlError,
  type KeyRef,
  type KeyringInput,
  type KeysOption,
  type PayloadOutput,
  redact,
  type State,
  type TraceEvent,
} from '@hookurl/core'
export { createReceiver, type Receiver } from './create-receiver.ts'
export type { FetchContext } from './hosts/fetch.ts'
export type {
  AuthorizedHook,
  GuardedHook,
  GuardOptions,
  Handler,
  Handlers,
  HandshakeOptions,
  Outcome,
  ReceivedHook,
  ReceiverOptions,
  ReceiveTrace,
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
