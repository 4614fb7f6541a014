// Every optional field of every public option type accepts `undefined`: compiled by `published.test.ts`, with
// exactOptionalPropertyTypes.
import type {
  CommandDefinition,
  CommandDefinitions,
  DeriveJwkOptions,
  ErrorDetails,
  generateKey,
  MinterOptions,
  MintOptions,
  SigningSecretOptions,
} from '@hookurl/core'
import type { WebhookOptions, WebhooksOptions } from '@hookurl/core/webhooks'
import type {
  FetchContext,
  GuardOptions,
  Handlers,
  HandshakeOptions,
  MemoryUseStoreOptions,
  Pages,
  PageText,
  PolicyOptions,
  ReceivedHook,
  ReceiverOptions,
  ReserveResult,
  UseOptions,
  UseStore,
  VerifierOptions,
  VerifyOptions,
} from '@hookurl/verify'
import type { CasUseStoreOptions } from '@hookurl/verify/cas'
import type { DynamoUseStoreOptions } from '@hookurl/verify/dynamo'
import type { LmdbUseStoreOptions } from '@hookurl/verify/lmdb'
import type { NestGuardFactory } from '@hookurl/verify/nest'
import type { RedisUseStoreOptions } from '@hookurl/verify/redis'
import type { SqlUseStoreOptions } from '@hookurl/verify/sql'
import type { StoreTestOptions } from '@hookurl/verify/store-tests'
import type {
  MemoryWaitStoreOptions,
  OpenOptions,
  RedisWaitStoreOptions,
  SqlWaitStoreOptions,
  WaiterOptions,
  WaitRecord,
  WebhookOptions as WaitWebhookOptions,
} from '@hookurl/verify/wait'

type Optional<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T]
/** The optional fields that do not accept `undefined`. */
type Strict<T> = { [K in Optional<T>]-?: { [P in K]: undefined } extends Pick<T, K> ? never : K }[Optional<T>]

interface Defined extends CommandDefinitions {
  readonly '/a': { readonly title: string }
}

/** Lists them by type, and so must be empty but for `state`, without which a URL would work in any state. */
type StrictFields =
  | Strict<CommandDefinition>
  | Strict<DeriveJwkOptions>
  | Strict<ErrorDetails>
  | Strict<NonNullable<Parameters<typeof generateKey>[0]>>
  | Strict<MinterOptions>
  | Strict<SigningSecretOptions>
  | Strict<WebhookOptions>
  | Strict<WebhooksOptions>
  | Strict<FetchContext>
  | Strict<GuardOptions>
  | Strict<Handlers<Pick<Defined, '/a'>>>
  | Strict<HandshakeOptions>
  | Strict<MemoryUseStoreOptions>
  | Strict<Pages>
  | Strict<PageText>
  | Strict<PolicyOptions>
  | Strict<NonNullable<Parameters<ReceivedHook['rawBody']>[0]>>
  | Strict<ReceiverOptions>
  | Strict<ReserveResult>
  | Strict<UseOptions>
  | Strict<UseStore>
  | Strict<NonNullable<UseStore['transactions']>>
  | Strict<VerifierOptions>
  | Strict<VerifyOptions>
  | Strict<CasUseStoreOptions>
  | Strict<LmdbUseStoreOptions>
  | Strict<NestGuardFactory>
  | Strict<RedisUseStoreOptions>
  | Strict<SqlUseStoreOptions>
  | Strict<DynamoUseStoreOptions>
  | Strict<StoreTestOptions>
  | Strict<MemoryWaitStoreOptions>
  | Exclude<Strict<OpenOptions>, 'state'>
  | Strict<RedisWaitStoreOptions>
  | Strict<SqlWaitStoreOptions>
  | Strict<WaiterOptions>
  | Strict<WaitRecord>
  | Exclude<Strict<WaitWebhookOptions>, 'state'>

export const noStrictField: [StrictFields] extends [never] ? true : StrictFields = true
export const onlyState: Strict<MintOptions> = 'state'
export const state: 'state' extends Strict<MintOptions> ? true : false = true
// The check finds a field that does not accept it.
export const found: Strict<{ a?: string; b?: string | undefined; c: string }> = 'a'
