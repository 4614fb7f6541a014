import { type ErrorCode, type Hook, redact, type State } from '@hookurl/core'
import { decodePercentTwice, findCommand, type MaybePromise, toPublicError } from '@hookurl/core/internal'
import { type ClientKind, getClientKind } from '../request/content-negotiation.ts'
import type { Body, IncomingRequest } from '../request/incoming-request.ts'
import type { QueryParams } from '../request/payload.ts'
import { isPreflight, preflightResponse, withCors } from '../response/cors.ts'
import type { PageData } from '../response/pages.ts'
import { rejectionResponse } from '../response/rejection-response.ts'
import type { OutgoingResponse, RenderedPage } from '../response/response.ts'
import { type Delivery, identifyDelivery } from '../uses/delivery-id.ts'
import type { Lease } from '../uses/lease.ts'
import type { TokenProof, VerifyResult } from '../verifier/policy.ts'
import { type Rejection, toError } from '../verifier/rejection.ts'
import type { Config } from './config.ts'
import type { Outcome, ReceivedHook, ReceiveTrace, ResultEvent } from './options.ts'
import type { SignatureScheme } from './signatures/schemes.ts'

/** The user who is signed in, `undefined` for no one, or why it is unknown. */
export type ResolvedUser = { readonly ok: true; readonly userId: string | undefined } | Rejection

// Rejections that the operator of the server must fix.
const serverErrors: ReadonlySet<ErrorCode> = new Set([
  'store_unavailable',
  'not_configured',
  'state_unavailable',
  'user_unavailable',
  'body_already_consumed',
  'invalid_option',
  'invalid_key',
  'keys_unavailable',
  'unknown_command',
])

// Redacting 16 KB, which servers accept, would take over ten milliseconds.
const MAX_REPORTED_TARGET = 2048

const noOrigins: ReadonlySet<string> = new Set()
const noQuery: QueryParams = Object.freeze({})

/**
 * A request whose response is known.
 *
 * @internal
 */
export interface Responded {
  readonly kind: 'response'
  readonly response: OutgoingResponse
}

/** A request on its way through a receiver or guard. Only `respond` and `reject` create its response. */
export class RequestContext<C extends Config = Config> {
  readonly request: IncomingRequest
  readonly config: C
  client: ClientKind
  /** The request target that is searched for the token. */
  target: string
  /** Set when the token is found. */
  token = ''
  /** Set when the token is verified. */
  hook: Hook | undefined
  /** Set when the token is verified, if it has a restriction that needs more than its hook. */
  proof: TokenProof | undefined
  /** Set when the state is compared, if the hook is bound to one. */
  state: State | undefined
  /** Set once the signature of the request was checked, if its URL requires one. */
  signatureProblem: Promise<Rejection | undefined> | undefined
  /** Set once the signature was checked, if it holds. */
  signedBy: SignatureScheme | undefined
  /** Set once the custom check was called. */
  authorization: MaybePromise<VerifyResult> | undefined
  /** Whether the URL contains a handle in place of the token. */
  isHandle = false
  /** Set once the option `user` was called. */
  user: MaybePromise<ResolvedUser> | undefined
  /** Set when the user is known. */
  actor: string | undefined
  /** Set when the payload is parsed: the hook with the request data. */
  receivedHook: ReceivedHook | undefined
  query: QueryParams = noQuery
  /** Set when the body is read. */
  body: Body | undefined
  /** Set when the payload is parsed: whether it comes from hookurl's own confirm page. */
  isConfirmForm = false
  /** Set when a handshake is recognized: the service that it is from. */
  service: string | undefined
  /** Set before a guarded route or a handler runs. */
  lease: Lease | undefined
  private readonly startedAt: number
  private knownDelivery: Delivery | undefined

  /** What is published about the request, if anyone subscribes. */
  readonly trace: ReceiveTrace | undefined

  constructor(request: IncomingRequest, config: C, trace?: ReceiveTrace) {
    this.request = request
    this.config = config
    this.trace = trace
    this.target = request.target
    this.client = getClientKind(request)
    this.startedAt = config.onResult === undefined ? 0 : performance.now()
  }

  /** Identifies the delivery from the part of the request that has been read. */
  get delivery(): Delivery | undefined {
    this.knownDelivery ??= identifyDelivery(this)
    return this.knownDelivery
  }

  /** Whether the user decides between the choices of the command. */
  get hasChoices(): boolean {
    const { commands } = this.config.policy
    if (commands === undefined || this.hook === undefined) return false
    return findCommand(commands, this.hook.command)?.choices !== undefined
  }

  /** Whether the use may still be released, which ends when the headers of the response are sent. */
  canRelease(): boolean {
    return this.request.headersSent?.() !== true
  }

  /** Milliseconds since the request arrived. */
  get durationMs(): number {
    return performance.now() - this.startedAt
  }
}

/** The result of a request, for `onResult`. */
export interface RequestResult {
  readonly outcome: Outcome
  readonly status: number | undefined
  readonly rejection?: Rejection
}

/** Ends a request with a response. */
export function respond(ctx: RequestContext, outcome: Outcome, response: OutgoingResponse): Responded {
  const { request, hook } = ctx
  reportResult(ctx, { outcome, status: response.status })
  return { kind: 'response', response: withCors(response, request, getOrigins(ctx, hook)) }
}

/** Ends a request with a rejection. `instead` replaces its page. */
export function reject(ctx: RequestContext, rejection: Rejection, instead?: OutgoingResponse): Responded {
  const { request, config, client } = ctx
  const { code, usedAt, hook = ctx.hook } = rejection
  // A failed preflight would hide the reason from the page: it learns the reason from the request that follows.
  if (isListedPreflight(ctx, hook)) return respond(ctx, 'options', preflightResponse('GET, POST'))
  ctx.hook = hook
  reportServerError(ctx, rejection)
  const page = (): RenderedPage =>
    config.pages.rejected(
      code,
      hook === undefined || isHidden(ctx, hook) ? { request } : { ...getPageData(ctx, hook), usedAt },
    )
  const response = instead ?? rejectionResponse(rejection, { client, now: config.now(), page })
  reportResult(ctx, { outcome: 'rejected', status: response.status, rejection })
  return { kind: 'response', response: withCors(response, request, getOrigins(ctx, hook)) }
}

// Only the hook's user may see what the URL is about. Most rejections precede the check of the user.
function isHidden({ actor }: RequestContext, hook: Hook): boolean {
  return hook.requiresUser === true && actor !== hook.userId
}

/** Calls `onResult`. If it is not set, does no work. */
export function reportResult(ctx: RequestContext, { outcome, status, rejection }: RequestResult): void {
  const { onResult } = ctx.config
  const { trace } = ctx
  if (onResult === undefined && trace === undefined) return
  const { request, hook, receivedHook, service } = ctx
  const deliveryId = hook === undefined ? undefined : ctx.delivery?.id
  if (trace !== undefined) {
    Object.assign(trace, { outcome }, status !== undefined && { status }, service !== undefined && { service })
    if (hook !== undefined) Object.assign(trace, { command: hook.command, keyIndex: hook.key.index })
    if (deliveryId !== undefined) trace.deliveryId = deliveryId
    if (rejection !== undefined) {
      trace.code = rejection.code
      // A request that is rejected as it should be is no error.
      if (status === undefined || status >= 500) trace.error = toPublicError(toError(rejection))
    }
  }
  if (onResult === undefined) return
  const event: ResultEvent = {
    outcome,
    method: request.method,
    target: redactTarget(ctx.target),
    status,
    ...(rejection !== undefined && { error: toError(rejection) }),
    ...(service !== undefined && { service }),
    ...(hook !== undefined && { command: hook.command }),
    ...(deliveryId !== undefined && { deliveryId }),
    durationMs: ctx.durationMs,
  }
  onResult(Object.defineProperty(event, 'hook', { value: receivedHook ?? hook, enumerable: false }))
}

/** Returns the data that the pages about a hook are rendered from. */
export function getPageData({ request, config }: RequestContext, hook: Hook): PageData {
  const { commands } = config.policy
  const definition = commands === undefined ? undefined : findCommand(commands, hook.command)
  return { request, hook, definition }
}

/** Whether a request is the preflight of a page whose origin is listed in `cors`. */
export function isListedPreflight(ctx: RequestContext, hook: Hook | undefined): boolean {
  const { request } = ctx
  if (request.method !== 'OPTIONS' || !isPreflight(request)) return false
  return getOrigins(ctx, hook).has(request.header('origin') ?? '')
}

// A page of another site must not act for the user who is signed in.
function getOrigins({ config }: RequestContext, hook: Hook | undefined): ReadonlySet<string> {
  return hook?.requiresUser === true ? noOrigins : config.cors
}

// `onError` has already received a handler's error; an error from `authorize` or a `keys` function is the cause.
function reportServerError(ctx: RequestContext, rejection: Rejection): void {
  const { code, cause, hook } = rejection
  if (code === 'handler_failed') return
  if (serverErrors.has(code)) ctx.config.onError(toError(rejection), hook)
  else if (cause !== undefined) ctx.config.onError(cause, hook)
}

// The receiver finds a token even if it is percent-encoded or contains encoded whitespace.
function redactTarget(target: string): string {
  const start = target.length > MAX_REPORTED_TARGET ? `${target.slice(0, MAX_REPORTED_TARGET)}…` : target
  const decoded = start.includes('%') ? decodePercentTwice(start).replace(/\s+/g, '') : start
  const redacted = redact(decoded)
  return redacted === decoded ? redact(start) : redacted
}
