import { type ErrorCode, type Hook, HookurlError } from '@hookurl/core'
import {
  chain,
  findCommand,
  formatPaths,
  isPromiseLike,
  type MaybePromise,
  validateWithSchema,
} from '@hookurl/core/internal'
import { decodeBody, isEncoded } from '../request/content-encoding.ts'
import type { Body, UnreadBody } from '../request/incoming-request.ts'
import { isJsonAsForm, type PayloadResult, parsePayload } from '../request/payload.ts'
import { CONFIRM_FIELD } from '../response/default-pages.ts'
import { cancelBody, type OutgoingResponse } from '../response/response.ts'
import { type Lease, unlimitedLease } from '../uses/lease.ts'
import { type Rejection, toError } from '../verifier/rejection.ts'
import { authorize } from './authorize.ts'
import { takeDecision } from './choices.ts'
import { type AnyHandler, getHandler, type ReceiverConfig } from './config.ts'
import { type RequestContext, type Responded, reject, respond } from './context.ts'
import { getHandlerRejection } from './handler-rejection.ts'
import { respondToBodyHandshake } from './handshakes/respond.ts'
import { createReceivedHook } from './received-hook.ts'
import { createAcceptedResponse, resultToResponse } from './result-response.ts'
import { findSignatureProblem } from './signatures/check-signature.ts'

/** A handler to call, and how its result becomes a response. */
interface HandlerCall {
  readonly hook: Hook
  readonly lease: Lease
  call(): unknown
  toResponse(result: unknown): OutgoingResponse
}

type ReceiverContext = RequestContext<ReceiverConfig>

/** Runs the handler of a verified hook: body, payload, authorization, handler, response. */
export async function runHandler(ctx: ReceiverContext, hook: Hook): Promise<Responded> {
  const { config } = ctx
  // Awaiting a value that is not a promise costs a microtask, here and below.
  const reading = readBody(ctx)
  const body = isPromiseLike(reading) ? await reading : reading
  if (body.kind === 'unread') return rejectBody(ctx, hook, body.code)
  ctx.body = body

  const parsed = readPayload(ctx, hook, body)
  if (!parsed.ok) return rejectBody(ctx, hook, parsed.code)
  const payload = parsed.value
  const shaking = respondToBodyHandshake(ctx, hook, payload)
  const handshake = isPromiseLike(shaking) ? await shaking : shaking
  if (handshake !== undefined) return handshake
  const checking = findSignatureProblem(ctx, hook)
  const unsigned = isPromiseLike(checking) ? await checking : checking
  if (unsigned !== undefined) return reject(ctx, unsigned)
  const taken = takeDecision(ctx, hook, payload)
  if (!taken.ok) return reject(ctx, taken)
  const validating = validatePayload(ctx, hook, taken.payload)
  const validated = isPromiseLike(validating) ? await validating : validating
  if (!validated.ok) return reject(ctx, validated)

  // Mail providers call a one-click URL on behalf of a user who is not present (RFC 8058, section 3.1).
  if (isOneClick(payload)) ctx.client = 'api'
  const authorizing = authorize(ctx, hook)
  const authorization = isPromiseLike(authorizing) ? await authorizing : authorizing
  if (authorization.kind === 'response') return authorization

  const handler = getHandler(config, hook.command) as AnyHandler
  const received = createReceivedHook(ctx, hook, { payload: validated.value, ...taken.decision })
  ctx.receivedHook = received
  const running = callHandler(ctx, {
    hook,
    lease: authorization.lease,
    call: () => handler(received),
    toResponse: (result) => resultToResponse(ctx, hook, result),
  })
  const { ackAfterMs } = config
  return ackAfterMs === undefined ? finish(ctx, await running) : respondAfterTimeout(ctx, running, ackAfterMs)
}

/** Calls a handler and ends its lease. If the handler throws, `onError` receives the error. */
async function callHandler(
  ctx: RequestContext,
  { hook, lease, call, toResponse }: HandlerCall,
): Promise<OutgoingResponse | Rejection> {
  try {
    const response = toResponse(await call())
    const problem = lease === unlimitedLease ? undefined : await lease.settle(response.status < 400)
    if (problem === undefined) return response
    await cancelBody(response.response)
    ctx.config.onError(toError(problem), hook)
    return { ...problem, hook }
  } catch (error) {
    await lease.settle(false)
    const rejection = getHandlerRejection(error)
    if (rejection !== undefined) return { ...rejection, hook }
    ctx.config.onError(error, hook)
    return { ok: false, code: isLeaseLost(error) ? 'lease_lost' : 'handler_failed', hook }
  }
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof HookurlError && error.code === 'lease_lost'
}

function finish(ctx: RequestContext, ended: OutgoingResponse | Rejection): Responded {
  return 'ok' in ended ? reject(ctx, ended) : respond(ctx, 'handled', ended)
}

/** Responds when a handler has ended or the time is up, whichever comes first. */
async function respondAfterTimeout(
  ctx: ReceiverContext,
  running: Promise<OutgoingResponse | Rejection>,
  ackAfterMs: number,
): Promise<Responded> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), ackAfterMs)
  })
  const first = await Promise.race([running, timeout])
  clearTimeout(timer)
  if (first !== 'timeout') return finish(ctx, first)
  // No client is waiting for the late response, which must not keep a connection open.
  ctx.request.waitUntil?.(running.then((ended) => cancelBody('ok' in ended ? undefined : ended.response)))
  return respond(ctx, 'accepted', createAcceptedResponse(ctx, ctx.hook as Hook))
}

// A caller who does not know the signing secret learns nothing else about the request.
async function rejectBody(ctx: ReceiverContext, hook: Hook, code: ErrorCode): Promise<Responded> {
  return reject(ctx, (await findSignatureProblem(ctx, hook)) ?? { ok: false, code, hook })
}

// Only the body of a signed request is signed, so its query is never the payload, and its content type does not turn strings
// of JSON into the fields of a form.
function readPayload(ctx: ReceiverContext, { requiresSignature }: Hook, body: Body): PayloadResult {
  const contentType = ctx.request.header('content-type')
  if (requiresSignature === true && body.kind === 'none') return { ok: true, value: undefined }
  if (requiresSignature === true && isJsonAsForm(body, contentType)) return { ok: false, code: 'malformed_body' }
  const parsed = parsePayload(body, contentType, ctx.query)
  return parsed.ok && requiresSignature !== true ? { ok: true, value: removeConfirmField(ctx, parsed.value) } : parsed
}

function readBody(ctx: ReceiverContext): MaybePromise<Body | UnreadBody> {
  const { request, config } = ctx
  if (request.method !== 'POST') return { kind: 'none' }
  const { maxBodySize } = config.limits
  if (Number(request.header('content-length') ?? 0) > maxBodySize) return { kind: 'unread', code: 'body_too_large' }
  const reading = request.readBody(config.limits)
  const encoding = request.header('content-encoding')
  if (!isEncoded(encoding)) return reading
  return chain(reading, (body) => {
    if (body.kind === 'unread') return body
    // A signature of the bytes as received can be checked even if they cannot be inflated.
    if (ctx.hook?.requiresSignature === true) ctx.body = body
    return decodeBody(body, encoding, maxBodySize)
  })
}

function validatePayload(
  { config }: ReceiverContext,
  hook: Hook,
  value: unknown,
): MaybePromise<{ ok: true; value: unknown } | Rejection> {
  const { commands } = config.policy
  const schema = commands === undefined ? undefined : findCommand(commands, hook.command)?.payload
  if (schema === undefined) return { ok: true, value }
  return chain(validateWithSchema(schema, value), (checked): { ok: true; value: unknown } | Rejection => {
    if (checked.ok) return checked
    const message = `the payload does not match the schema of the command: ${formatPaths(checked.paths)}`
    return { ok: false, code: 'invalid_payload', message, paths: checked.paths, hook }
  })
}

// The field tells one instance of hookurl's own confirm page from another. Without it, the form is empty.
function removeConfirmField(ctx: ReceiverContext, payload: unknown): unknown {
  if (ctx.body?.kind === 'none' || typeof payload !== 'object' || payload === null) return payload
  if (!Object.hasOwn(payload, CONFIRM_FIELD)) return payload
  ctx.isConfirmForm = true
  const { [CONFIRM_FIELD]: _field, ...rest } = payload as Record<string, unknown>
  return Object.keys(rest).length === 0 ? ctx.query : rest
}

function isOneClick(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && Reflect.get(payload, 'List-Unsubscribe') === 'One-Click'
}
