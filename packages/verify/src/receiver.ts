import type { Hook } from '@hookurl/core'
import {
  type Awaitable,
  after,
  findCommand,
  isThenable,
  locateToken,
  namePaths,
  runSchema,
} from '@hookurl/core/internal'
import { type Admitted, admit } from './admit.ts'
import { allowOf, emptyAnswer, pageAnswer } from './answer.ts'
import { isPreflight, preflightAnswer } from './cors.ts'
import { identifyDelivery, nameDelivery } from './delivery.ts'
import type { Body, Exchange, Unread } from './exchange.ts'
import { createHandlerHook } from './handler-hook.ts'
import { findBodyHandshake, findHandshake, type Handshake } from './handshakes.ts'
import { isNavigation } from './negotiate.ts'
import { isJson, readQuery, toPayload } from './payload.ts'
import type { Refusal } from './policy.ts'
import { isPrefetch, isPreview } from './previews.ts'
import { acknowledge, conclude, run, toAnswer } from './run.ts'
import type { Settings } from './settings.ts'
import { type Answered, audienceOf, give, pageFacts, refuse, type Turn } from './turn.ts'
import { mayAct } from './verifier.ts'

/** What came of a request: an answer, a request that is not ours, or a good hook that a guard lets through. */
export type Received = Answered | { readonly kind: 'pass' } | Admitted

const pass: Received = { kind: 'pass' }
const noWaiting: Refusal = {
  ok: false,
  code: 'invalid_option',
  message: 'ack needs a host that goes on after an answer, and this one has not said so',
  fix: "Pass the host's waitUntil, as in receiver.fetch(request, { waitUntil }), or leave ack out.",
}
const noStore = 'Give the receiver a use store: without one, a URL with uses cannot be honoured.'

/** The way of a request through a receiver or a guard, from its URL to its answer. */
export async function receive(exchange: Exchange, settings: Settings): Promise<Received> {
  const turn = { exchange, settings }
  const { policy, handlers } = settings
  const { method } = exchange

  // 1. Find the token. A request without one is not a receiver's; a guard lets nobody in without.
  const found = locateToken(exchange.target)
  if (!found.ok) return found.code === 'no_token' && handlers !== undefined ? pass : refuse(turn, found)

  // 2. Verify. Waited for also where the verdict is there: meanwhile a small body arrives, and is read at once.
  const verdict = await policy.judge(found, settings.accepted)
  if (!verdict.ok) return refuse(turn, verdict)
  const { hook } = verdict
  const handler = handlers?.get(hook.command) ?? handlers?.get('*')
  if (handlers !== undefined && handler === undefined) return refuse(turn, { ok: false, code: 'unknown_command', hook })

  // 3. HEAD never runs.
  if (method === 'HEAD') return give(turn, emptyAnswer(200))

  // 4. OPTIONS neither; a preflight that is not for us may be for somebody behind a receiver.
  const query = readQuery(exchange.target)
  const handshake = findHandshake(settings.handshakes, { exchange, hook, query })
  if (method === 'OPTIONS') {
    if (handshake !== undefined) return shakeHands(turn, hook, handshake)
    const isListed = settings.cors.has(exchange.header('origin') ?? '')
    if (!isPreflight(exchange)) return give(turn, emptyAnswer(204, { allow: allowOf(hook) }))
    if (isListed) return give(turn, preflightAnswer(allowOf(hook)))
    return handlers === undefined ? refuse(turn, { ok: false, code: 'method_not_allowed', hook }) : pass
  }

  // 5. Who only looks, and may come back: nothing runs. Browsers fetch again what was not there beforehand, and would
  // show what was.
  if (method === 'GET' && isPrefetch(exchange)) return give(turn, emptyAnswer(503, { 'retry-after': '1' }))
  if (method === 'GET' && handshake === undefined && isPreview(exchange)) {
    return give(turn, pageAnswer(settings.pages.preview(pageFacts(turn, hook))))
  }

  // 6. A service that tests the URL.
  if (handshake !== undefined) return shakeHands(turn, hook, handshake)

  // 7. What only POST may run: a person is asked first.
  if (!mayAct(hook, method)) {
    if (method === 'GET' && isNavigation(exchange)) {
      return give(turn, pageAnswer(settings.pages.confirm(pageFacts(turn, hook))))
    }
    return refuse(turn, { ok: false, code: 'method_not_allowed', hook })
  }
  if (hook.uses !== undefined && settings.uses === undefined) {
    return refuse(turn, { ok: false, code: 'store_unavailable', fix: noStore, hook })
  }
  if (settings.ackMs !== undefined && exchange.waitUntil === undefined) return refuse(turn, { ...noWaiting, hook })

  // 8. The whole body, then the payload. A guard leaves both to the route behind it.
  if (handler === undefined) {
    return admit(turn, { hook, audience: audienceOf(turn), delivery: () => nameDelivery(found.token, exchange) })
  }
  // Each `await` costs, where there is nothing to wait for: here, and below.
  const reading = readBody(turn)
  const body = isThenable(reading) ? await reading : reading
  if (body.kind === 'unread') return refuse(turn, { ok: false, code: body.code, hook })
  const type = exchange.header('content-type')
  const payload = toPayload(body, type, query)
  if (!payload.ok) return refuse(turn, { ...payload, hook })
  if (settings.handshakes !== undefined && body.kind !== 'none' && isJson(type)) {
    const greeting = findBodyHandshake(exchange, payload.value)
    if (greeting !== undefined) return give(turn, greeting)
  }
  const checking = checkPayload(turn, hook, payload.value)
  const checked = isThenable(checking) ? await checking : checking
  if (!checked.ok) return refuse(turn, checked)

  // 9. The application's own word, and then a use. Mail providers call a one-click URL for a person who is not there
  // (RFC 8058, section 3.1).
  const audience = isOneClick(payload.value) ? 'machine' : audienceOf(turn)
  const delivery = (): string => identifyDelivery({ token: found.token, exchange, query, body })
  const admitting = admit(turn, { hook, audience, delivery })
  const admitted = isThenable(admitting) ? await admitting : admitting
  if (admitted.kind !== 'hook') return admitted

  // 10. Run the handler, 11. spend the use or give it back, 12. answer, which with `ack` may come first.
  const { onError } = settings
  const given = createHandlerHook({ hook, payload: checked.value, query, body, exchange, onError })
  const running = run(turn, {
    hook: given,
    handle: () => handler(given),
    toAnswer: (result) => toAnswer(turn, { hook, audience, result }),
    settle: admitted.settle,
  })
  return settings.ackMs === undefined
    ? conclude(turn, await running)
    : acknowledge(turn, { hook, audience, running, ackMs: settings.ackMs })
}

function readBody({ exchange, settings }: Turn): Awaitable<Body | Unread> {
  if (exchange.method !== 'POST') return { kind: 'none' }
  const encoding = exchange.header('content-encoding')?.trim().toLowerCase() ?? ''
  if (encoding !== '' && encoding !== 'identity') return { kind: 'unread', code: 'unsupported_encoding' }
  const { maxBody } = settings.limits
  if (Number(exchange.header('content-length') ?? 0) > maxBody) return { kind: 'unread', code: 'payload_too_large' }
  return exchange.readBody(settings.limits)
}

function checkPayload(
  { settings }: Turn,
  hook: Hook,
  value: unknown,
): Awaitable<{ ok: true; value: unknown } | Refusal> {
  const { commands } = settings.policy
  const schema = commands === undefined ? undefined : findCommand(commands, hook.command)?.payload
  if (schema === undefined) return { ok: true, value }
  return after(runSchema(schema, value), (checked): { ok: true; value: unknown } | Refusal => {
    if (checked.ok) return checked
    const message = `the schema of the command refuses the payload: ${namePaths(checked.paths)}`
    return { ok: false, code: 'payload_invalid', message, paths: checked.paths, hook }
  })
}

async function shakeHands(turn: Turn, hook: Hook, { answer, consent }: Handshake): Promise<Received> {
  if (consent === undefined) return give(turn, answer)
  const verdict = await turn.settings.policy.admit(hook)
  if (!verdict.ok) return refuse(turn, verdict)
  let isRefused = false
  const ended = await run(turn, {
    hook,
    handle: consent,
    toAnswer: (verdict) => {
      isRefused = verdict === false
      return answer
    },
  })
  return isRefused ? refuse(turn, { ok: false, code: 'revoked', hook }) : conclude(turn, ended)
}

function isOneClick(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && Reflect.get(payload, 'List-Unsubscribe') === 'One-Click'
}
