import type { Hook } from '@hookurl/core'
import {
  chain,
  findCommand,
  formatPaths,
  isPromiseLike,
  locateToken,
  type MaybePromise,
  validateWithSchema,
} from '@hookurl/core/internal'
import { isNavigation } from '../request/content-negotiation.ts'
import type { Body, IncomingRequest, Unread } from '../request/incoming-request.ts'
import { isPrefetch, isPreview } from '../request/link-previews.ts'
import { isJson, readQuery, toPayload } from '../request/payload.ts'
import { isPreflight, preflightResponse } from '../response/cors.ts'
import { emptyResponse, getAllowedMethods, pageResponse } from '../response/response.ts'
import { getDeliveryId, getDeliveryIdFromHeaders } from '../uses/delivery-id.ts'
import type { Rejection } from '../verifier/policy.ts'
import { allowsMethod } from '../verifier/verifier.ts'
import { type Authorized, authorize } from './authorize.ts'
import type { Settings } from './config.ts'
import { type Answered, getClientKind, getPageData, type RequestContext, reject, respond } from './context.ts'
import { findBodyHandshake, findHandshake, type Handshake } from './handshakes.ts'
import { createHandlerHook } from './received-hook.ts'
import { conclude, respondAfterTimeout, resultToResponse, runHandler } from './run-handler.ts'

/** What came of a request: an answer, a request that is not ours, or a good hook that a guard lets through. */
export type ReceiveResult = Answered | { readonly kind: 'pass' } | Authorized

const pass: ReceiveResult = { kind: 'pass' }
const noWaiting: Rejection = {
  ok: false,
  code: 'invalid_option',
  message: 'ack needs a host that goes on after an answer, and this one has not said so',
  fix: "Pass the host's waitUntil, as in receiver.fetch(request, { waitUntil }), or leave ack out.",
}
const noStore = 'Give the receiver a use store: without one, a URL with uses cannot be honoured.'

/** The way of a request through a receiver or a guard, from its URL to its answer. */
export async function receive(exchange: IncomingRequest, settings: Settings): Promise<ReceiveResult> {
  const turn = { exchange, settings }
  const { policy, handlers } = settings
  const { method } = exchange

  // 1. Find the token. A request without one is not a receiver's; a guard lets nobody in without.
  const found = locateToken(exchange.target)
  if (!found.ok) return found.code === 'no_token' && handlers !== undefined ? pass : reject(turn, found)

  // 2. Verify. Waited for also where the verdict is there: meanwhile a small body arrives, and is read at once.
  const verdict = await policy.verifyToken(found, settings.accepted)
  if (!verdict.ok) return reject(turn, verdict)
  const { hook } = verdict
  const handler = handlers?.get(hook.command) ?? handlers?.get('*')
  if (handlers !== undefined && handler === undefined) return reject(turn, { ok: false, code: 'unknown_command', hook })

  // 3. HEAD never runs.
  if (method === 'HEAD') return respond(turn, emptyResponse(200))

  // 4. OPTIONS neither; a preflight that is not for us may be for somebody behind a receiver.
  const query = readQuery(exchange.target)
  const handshake = findHandshake(settings.handshakes, { exchange, hook, query })
  if (method === 'OPTIONS') {
    if (handshake !== undefined) return respondToHandshake(turn, hook, handshake)
    const isListed = settings.cors.has(exchange.header('origin') ?? '')
    if (!isPreflight(exchange)) return respond(turn, emptyResponse(204, { allow: getAllowedMethods(hook) }))
    if (isListed) return respond(turn, preflightResponse(getAllowedMethods(hook)))
    return handlers === undefined ? reject(turn, { ok: false, code: 'method_not_allowed', hook }) : pass
  }

  // 5. Who only looks, and may come back: nothing runs. Browsers fetch again what was not there beforehand, and would
  // show what was.
  if (method === 'GET' && isPrefetch(exchange)) return respond(turn, emptyResponse(503, { 'retry-after': '1' }))
  if (method === 'GET' && handshake === undefined && isPreview(exchange)) {
    return respond(turn, pageResponse(settings.pages.preview(getPageData(turn, hook))))
  }

  // 6. A service that tests the URL.
  if (handshake !== undefined) return respondToHandshake(turn, hook, handshake)

  // 7. What only POST may run: a person is asked first.
  if (!allowsMethod(hook, method)) {
    if (method === 'GET' && isNavigation(exchange)) {
      return respond(turn, pageResponse(settings.pages.confirm(getPageData(turn, hook))))
    }
    return reject(turn, { ok: false, code: 'method_not_allowed', hook })
  }
  if (hook.maxUses !== undefined && settings.uses === undefined) {
    return reject(turn, { ok: false, code: 'store_unavailable', fix: noStore, hook })
  }
  if (settings.ackMs !== undefined && exchange.waitUntil === undefined) return reject(turn, { ...noWaiting, hook })

  // 8. The whole body, then the payload. A guard leaves both to the route behind it.
  if (handler === undefined) {
    return authorize(turn, {
      hook,
      audience: getClientKind(turn),
      delivery: () => getDeliveryIdFromHeaders(found.token, exchange),
    })
  }
  // Each `await` costs, where there is nothing to wait for: here, and below.
  const reading = readBody(turn)
  const body = isPromiseLike(reading) ? await reading : reading
  if (body.kind === 'unread') return reject(turn, { ok: false, code: body.code, hook })
  const type = exchange.header('content-type')
  const payload = toPayload(body, type, query)
  if (!payload.ok) return reject(turn, { ...payload, hook })
  if (settings.handshakes !== undefined && body.kind !== 'none' && isJson(type)) {
    const greeting = findBodyHandshake(exchange, payload.value)
    if (greeting !== undefined) return respond(turn, greeting)
  }
  const checking = checkPayload(turn, hook, payload.value)
  const checked = isPromiseLike(checking) ? await checking : checking
  if (!checked.ok) return reject(turn, checked)

  // 9. The application's own word, and then a use. Mail providers call a one-click URL for a person who is not there
  // (RFC 8058, section 3.1).
  const audience = isOneClick(payload.value) ? 'machine' : getClientKind(turn)
  const delivery = (): string => getDeliveryId({ token: found.token, exchange, query, body })
  const admitting = authorize(turn, { hook, audience, delivery })
  const admitted = isPromiseLike(admitting) ? await admitting : admitting
  if (admitted.kind !== 'hook') return admitted

  // 10. Run the handler, 11. spend the use or give it back, 12. answer, which with `ack` may come first.
  const { onError } = settings
  const given = createHandlerHook({ hook, payload: checked.value, query, body, exchange, onError })
  const running = runHandler(turn, {
    hook: given,
    handle: () => handler(given),
    toAnswer: (result) => resultToResponse(turn, { hook, audience, result }),
    settle: admitted.settle,
  })
  return settings.ackMs === undefined
    ? conclude(turn, await running)
    : respondAfterTimeout(turn, { hook, audience, running, ackMs: settings.ackMs })
}

function readBody({ exchange, settings }: RequestContext): MaybePromise<Body | Unread> {
  if (exchange.method !== 'POST') return { kind: 'none' }
  const encoding = exchange.header('content-encoding')?.trim().toLowerCase() ?? ''
  if (encoding !== '' && encoding !== 'identity') return { kind: 'unread', code: 'unsupported_encoding' }
  const { maxBodySize } = settings.limits
  if (Number(exchange.header('content-length') ?? 0) > maxBodySize) return { kind: 'unread', code: 'body_too_large' }
  return exchange.readBody(settings.limits)
}

function checkPayload(
  { settings }: RequestContext,
  hook: Hook,
  value: unknown,
): MaybePromise<{ ok: true; value: unknown } | Rejection> {
  const { commands } = settings.policy
  const schema = commands === undefined ? undefined : findCommand(commands, hook.command)?.payload
  if (schema === undefined) return { ok: true, value }
  return chain(validateWithSchema(schema, value), (checked): { ok: true; value: unknown } | Rejection => {
    if (checked.ok) return checked
    const message = `the schema of the command refuses the payload: ${formatPaths(checked.paths)}`
    return { ok: false, code: 'invalid_payload', message, paths: checked.paths, hook }
  })
}

async function respondToHandshake(
  turn: RequestContext,
  hook: Hook,
  { answer, consent }: Handshake,
): Promise<ReceiveResult> {
  if (consent === undefined) return respond(turn, answer)
  const verdict = await turn.settings.policy.authorize(hook)
  if (!verdict.ok) return reject(turn, verdict)
  let isRefused = false
  const ended = await runHandler(turn, {
    hook,
    handle: consent,
    toAnswer: (verdict) => {
      isRefused = verdict === false
      return answer
    },
  })
  return isRefused ? reject(turn, { ok: false, code: 'denied', hook }) : conclude(turn, ended)
}

function isOneClick(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && Reflect.get(payload, 'List-Unsubscribe') === 'One-Click'
}
