import type { Hook } from '@hookurl/core'
import { findCommand, locateToken, namePaths, runSchema } from '@hookurl/core/internal'
import {
  type Audience,
  allowOf,
  confirmAnswer,
  doneAnswer,
  emptyAnswer,
  jsonAnswer,
  redirectAnswer,
  refusalAnswer,
  responseAnswer,
  safetyHeaders,
} from './answer.ts'
import { isPreflight, markAnswer, markHeaders, preflightAnswer } from './cors.ts'
import type { Answer, Body, Exchange, Unread } from './exchange.ts'
import { createHandlerHook } from './handler-hook.ts'
import { isNavigation } from './negotiate.ts'
import { readQuery, toPayload } from './payload.ts'
import type { Refusal } from './policy.ts'
import type { Settings } from './settings.ts'
import { mayAct } from './verifier.ts'

/** What came of a request: an answer, a request that is not ours, or a good hook that a guard lets through. */
export type Received =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'pass' }
  | { readonly kind: 'hook'; readonly hook: Hook; readonly headers: Answer['headers'] }

/** One request and what it meets. */
interface Turn {
  readonly exchange: Exchange
  readonly settings: Settings
}

/** What came of a handler. */
interface Outcome {
  readonly hook: Hook
  readonly audience: Audience
  readonly result: unknown
}

const pass: Received = { kind: 'pass' }
const noStore = 'Give the receiver a use store: without one, a URL with uses cannot be honoured.'

/** The way of a request through a receiver or a guard, from its URL to its answer. */
export async function receive(exchange: Exchange, settings: Settings): Promise<Received> {
  const turn = { exchange, settings }
  const { policy, handlers } = settings
  const { method } = exchange

  // 1. Find the token. A request without one is not a receiver's; a guard lets nobody in without.
  const found = locateToken(exchange.target)
  if (!found.ok) return found.code === 'no_token' && handlers !== undefined ? pass : refuse(turn, found)

  // 2. Verify.
  const verdict = await policy.judge(found, settings.accepted)
  if (!verdict.ok) return refuse(turn, verdict)
  const { hook } = verdict
  const handler = handlers?.get(hook.command) ?? handlers?.get('*')
  if (handlers !== undefined && handler === undefined) return refuse(turn, { ok: false, code: 'unknown_command', hook })

  // 3. HEAD never runs.
  if (method === 'HEAD') return give(turn, emptyAnswer(200))

  // 4. OPTIONS neither; a preflight that is not for us may be for somebody behind a receiver.
  if (method === 'OPTIONS') {
    const isListed = settings.cors.has(exchange.header('origin') ?? '')
    if (!isPreflight(exchange)) return give(turn, emptyAnswer(204, { allow: allowOf(hook) }))
    if (isListed) return give(turn, preflightAnswer(allowOf(hook)))
    return handlers === undefined ? refuse(turn, { ok: false, code: 'method_not_allowed', hook }) : pass
  }

  // 5. and 6. Who only looks, and handshakes, are told apart here.

  // 7. What only POST may run: a person is asked first.
  if (!mayAct(hook, method)) {
    if (method === 'GET' && isNavigation(exchange)) return give(turn, confirmAnswer(hook, titleOf(turn, hook)))
    return refuse(turn, { ok: false, code: 'method_not_allowed', hook })
  }
  if (hook.uses !== undefined) return refuse(turn, { ok: false, code: 'store_unavailable', fix: noStore, hook })

  // 8. The whole body, then the payload. A guard leaves both to the route behind it.
  if (handler === undefined) return admit(turn, hook)
  const body = await readBody(turn)
  if (body.kind === 'unread') return refuse(turn, { ok: false, code: body.code, hook })
  const query = readQuery(exchange.target)
  const payload = toPayload(body, exchange.header('content-type'), query)
  if (!payload.ok) return refuse(turn, { ...payload, hook })
  const checked = await checkPayload(turn, hook, payload.value)
  if (!checked.ok) return refuse(turn, checked)

  // 9. The application's own word.
  const admitted = await admit(turn, hook)
  if (admitted.kind !== 'hook') return admitted

  // 10. to 12. Run the handler and answer.
  const { onError } = settings
  const given = createHandlerHook({ hook, payload: checked.value, query, body, exchange, onError })
  // Mail providers call a one-click URL for a person who is not there (RFC 8058, section 3.1).
  const audience = isOneClick(payload.value) ? 'machine' : audienceOf(turn)
  return run(turn, async () => toAnswer(turn, { hook, audience, result: await handler(given) }), given)
}

async function run(turn: Turn, answer: () => Promise<Answer>, hook: Hook): Promise<Received> {
  try {
    return give(turn, await answer())
  } catch (error) {
    turn.settings.onError(error, hook)
    return refuse(turn, { ok: false, code: 'handler_failed', hook })
  }
}

function toAnswer(turn: Turn, { hook, audience, result }: Outcome): Answer {
  if (isResponse(result)) return responseAnswer(checkResponse(result))
  const { redirect } = turn.settings
  const leads = redirect === 'always' || (redirect === 'auto' && audience === 'navigation')
  if (leads && hook.redirectTo !== undefined) return redirectAnswer(hook.redirectTo)
  return result === undefined ? doneAnswer(audience, titleOf(turn, hook)) : jsonAnswer(result)
}

async function readBody({ exchange, settings }: Turn): Promise<Body | Unread> {
  if (exchange.method !== 'POST') return { kind: 'none' }
  const encoding = exchange.header('content-encoding')?.trim().toLowerCase() ?? ''
  if (encoding !== '' && encoding !== 'identity') return { kind: 'unread', code: 'unsupported_encoding' }
  const { maxBody } = settings.limits
  if (Number(exchange.header('content-length') ?? 0) > maxBody) return { kind: 'unread', code: 'payload_too_large' }
  return exchange.readBody(settings.limits)
}

async function checkPayload(
  { settings }: Turn,
  hook: Hook,
  value: unknown,
): Promise<{ ok: true; value: unknown } | Refusal> {
  const { commands } = settings.policy
  const schema = commands === undefined ? undefined : findCommand(commands, hook.command)?.payload
  if (schema === undefined) return { ok: true, value }
  const checked = await runSchema(schema, value)
  if (checked.ok) return checked
  const message = `the schema of the command refuses the payload: ${namePaths(checked.paths)}`
  return { ok: false, code: 'payload_invalid', message, paths: checked.paths, hook }
}

async function admit(turn: Turn, hook: Hook): Promise<Received> {
  const verdict = await turn.settings.policy.admit(hook)
  if (!verdict.ok) return refuse(turn, verdict)
  return { kind: 'hook', hook, headers: markHeaders(safetyHeaders, turn.exchange, turn.settings.cors) }
}

function give({ exchange, settings }: Turn, answer: Answer): Received {
  return { kind: 'answer', answer: markAnswer(answer, exchange, settings.cors) }
}

function refuse(turn: Turn, refusal: Refusal): Received {
  turn.settings.onRefusal(refusal, turn.exchange)
  return give(turn, refusalAnswer(refusal, audienceOf(turn), turn.settings.now()))
}

function audienceOf({ exchange }: Turn): Audience {
  return isNavigation(exchange) ? 'navigation' : 'machine'
}

function titleOf({ settings }: Turn, hook: Hook): string | undefined {
  const { commands } = settings.policy
  return commands === undefined ? undefined : findCommand(commands, hook.command)?.title
}

function isOneClick(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && Reflect.get(payload, 'List-Unsubscribe') === 'One-Click'
}

// What no host could send is the handler's failure, and onError is to hear of it.
function checkResponse(response: Response): Response {
  if (response.bodyUsed || response.body?.locked === true)
    throw new TypeError('the body of the response was read before')
  if (response.status < 200) throw new TypeError('the response has no status: it is that of a failed fetch')
  return response
}

// By its shape: a framework may bring a Response of its own.
function isResponse(value: unknown): value is Response {
  return (
    typeof value === 'object' &&
    value !== null &&
    'arrayBuffer' in value &&
    'headers' in value &&
    typeof Reflect.get(value, 'status') === 'number'
  )
}
