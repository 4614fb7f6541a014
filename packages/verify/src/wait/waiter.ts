import type {
  AnyCommands,
  ChoiceFields,
  CommandDefinitions,
  CommandName,
  ContentInput,
  Duration,
  MinterOptions,
  MintOptions,
  PayloadOutput,
  SigningSecretOptions,
} from '@hookurl/core'
import type { ReceiverOptions } from '../receive/options.ts'
import type { SignatureScheme } from '../receive/signatures/schemes.ts'
import type { QueryParams } from '../request/payload.ts'
import type { WaitStore } from './store.ts'

/** The options of `createWaiter`: those of a minter, and where waits are kept. */
export interface WaiterOptions<D extends CommandDefinitions = AnyCommands> extends Omit<MinterOptions<D>, 'expiresIn'> {
  /** Where waits are kept: `memoryWaitStore()`, `redisWaitStore(client)`, `sqlWaitStore(execute, …)`, or a custom store. */
  waits: WaitStore
  /** Separates these URLs from all others; `'wait'` by default. At most 64 characters. */
  purpose?: string | undefined
  /** The default lifetime of a URL; 1 hour by default. */
  expiresIn?: Duration | undefined
  /**
   * How often the store is read, 50 ms to 1 hour; 500 ms by default. All waits that this process awaits are read
   * together. A call that arrives in this process is noticed immediately.
   */
  pollInterval?: Duration | undefined
  /**
   * Receives errors of the store and of the receiver. By default, they are logged; those of the store at most once a
   * minute.
   */
  onError?: ((error: unknown) => void) | undefined
}

/** The options of one URL that all commands share. */
interface OpenFields extends Omit<MintOptions, 'command' | 'content' | 'expiresIn' | 'id' | 'maxUses'> {
  /** The lifetime of this URL, instead of the waiter's default. */
  expiresIn?: Duration | undefined
  /**
   * Ends the wait: its URL is `already_used`, and `received` rejects with the reason of the signal. If the URL is called
   * at the same time, the first of the two wins.
   */
  signal?: AbortSignal | undefined
}

/** `content` is optional if the schema accepts `undefined`. */
type ContentField<Content> = undefined extends Content ? { content?: Content | undefined } : { content: Content }

/** The options of one URL. */
export type OpenOptions<
  D extends CommandDefinitions = AnyCommands,
  C extends CommandName<D> = CommandName<D>,
> = OpenFields & {
  command: C
} & ContentField<ContentInput<D, C>>

/** What the caller of a URL sent. Only `id` and `command` are signed. */
interface CallbackFields<Command, Payload> {
  /** The ID of the wait. */
  readonly id: string
  /** The command of the URL. */
  readonly command: Command
  /** The body, parsed as for a handler, or the output of the command's schema. */
  readonly payload: Payload
  /** The URL's query parameters, without the token. */
  readonly query: QueryParams
  /**
   * The headers of the request, without `Authorization`, `Cookie`, `Proxy-Authorization` and the headers of the signature
   * schemes that send a secret; at most 4 KB each, and 16 KB in total.
   */
  readonly headers: Headers
  /** When the call was received, by the clock of the receiver. */
  readonly receivedAt: Date
  /** The ID of the user who acted, from the receiver's option `user`. */
  readonly actor?: string
  /** The scheme of the valid signature, on a URL opened with `requireSignature`. */
  readonly signedBy?: SignatureScheme
}

/** What a wait received. */
export type ReceivedCallback<D extends CommandDefinitions = AnyCommands, C extends CommandName<D> = CommandName<D>> = {
  [Name in C]: CallbackFields<Name, PayloadOutput<D, Name>> & ChoiceFields<D, Name>
}[C]

/** An open wait. */
export interface Wait<D extends CommandDefinitions = AnyCommands, C extends CommandName<D> = CommandName<D>> {
  /** The URL to hand out. It can be called once. */
  readonly url: string
  /** Identifies the wait for `resume`. Store it with your work, and never take it from a request. */
  readonly id: string
  /** When the URL expires. */
  readonly expiresAt: Date
  /**
   * Resolves to what the caller sent. Without a `signal`, the store is read only once it is awaited. Awaiting it keeps
   * the process alive. Rejects with the reason of an aborted signal, and with HookurlError `expired`, `store_unavailable`
   * or `unknown_key`.
   */
  readonly received: Promise<ReceivedCallback<D, C>>
}

/** The options of `webhook`: those of `open`, with `'/webhook'` as the default command. */
export type WebhookOptions<D extends CommandDefinitions = AnyCommands> = Omit<OpenOptions<D>, 'command'> & {
  command?: CommandName<D> | undefined
}

/** A JSON value. */
export type JsonValue = null | string | number | boolean | JsonValue[] | { [name: string]: JsonValue | undefined }

/** A URL, and the notification that is sent to it: what the option `webhook` of the AI SDK returns. */
export interface Webhook {
  readonly url: string
  /** Rejects as `Wait.received` does, and with `invalid_payload` if the body is neither JSON, a form without files nor text. */
  readonly received: Promise<{ headers: Record<string, string>; body: JsonValue }>
}

/** Opens URLs, and waits for their calls. */
export interface Waiter<D extends CommandDefinitions = AnyCommands> {
  /**
   * The options of a receiver, for any adapter. Add `user`, `pages`, `maxBodySize` and others with
   * `{ ...waiter.receiver, … }`.
   */
  readonly receiver: ReceiverOptions<D>
  /**
   * Mints a URL, and resolves once its wait is stored.
   *
   * @throws {HookurlError} as `mint`, and `store_unavailable`; the reason of a signal that is already aborted
   */
  open<const C extends CommandName<D>>(options: OpenOptions<D, C>): Promise<Wait<D, C>>
  /**
   * Waits for the call of a URL that any process has opened with the same store, keys and purpose. Resolves to the same
   * result each time, until an hour after the URL has expired. Never pass an ID from a request: anyone could read what
   * others have sent.
   *
   * @throws {HookurlError} `expired`, also for an unknown ID; `already_used` after an abort; `store_unavailable`, `unknown_key`
   */
  resume<C extends CommandName<D> = CommandName<D>>(id: string): Promise<ReceivedCallback<D, C>>
  /**
   * Like `open`, for the option `webhook` of the AI SDK.
   *
   * @throws {HookurlError} as `open`
   * @example
   * await experimental_generateVideo({ model, prompt, webhook: () => waiter.webhook({ expiresIn: '15m' }) })
   */
  webhook(options?: WebhookOptions<D>): Promise<Webhook>
  /**
   * Returns the signing secret of a URL that was opened with `requireSignature`, for the service that calls it.
   *
   * @throws {HookurlError} as `Minter.signingSecret`
   */
  signingSecret(url: string, options?: SigningSecretOptions): Promise<string>
}
