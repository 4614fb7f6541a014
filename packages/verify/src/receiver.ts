import type { Hook } from '@hookurl/core'
import { findCommand, locateToken, namePaths, runSchema, sha256Hex } from '@hookurl/core/internal'
import { type Audience, allowOf, emptyAnswer, pageAnswer, safetyHeaders } from './answer.ts'
import { isPreflight, markHeaders, preflightAnswer } from './cors.ts'
import { identifyDelivery, nameDelivery } from './delivery.ts'
import type { Answer, Body, Exchange, Unread } from './exchange.ts'
import { createHandlerHook } from './handler-hook.ts'
import { findBodyHandshake, findHandshake, type Handshake } from './handshakes.ts'
import { isNavigation } from './negotiate.ts'
import { isJson, readQuery, toPayload } from './payload.ts'
import type { Refusal } from './policy.ts'
import { isPrefetch, isPreview } from './previews.ts'
import { acknowledge, conclude, repeatAnswer, run, toAnswer } from './run.ts'
import type { Settings } from './settings.ts'
import { type Answered, audienceOf, give, pageFacts, refuse, type Turn } from './turn.ts'
import { claimUse, uncounted } from './uses.ts'
import { mayAct } from './verifier.ts'

/** What came of a request: an answer, a request that is not ours, or a good hook that a guard lets through. */
export type Received = Answered | { readonly kind: 'pass' } | Admitted

/** A good hook, which may run. */
export interface Admitted {
  readonly kind: 'hook'
  readonly hook: Hook
  /** For the answer of the route, where it has none of that name. */
  readonly headers: Answer['headers']
  /**
   * Ends the use of a hook that is counted: every adapter calls it once the route has ended, with the status that it
   * answered, which spends the use where it is below 400. Undefined: it ended without an answer, which gives the use
   * back. Later calls do nothing.
   */
  settle(status: number | undefined): Promise<void>
}

/** What is to be counted, and for whom. */
interface Counting {
  readonly hook: Hook
  readonly audience: Audience
  delivery(): string | undefined
}

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

  // 2. Verify.
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
  const body = await readBody(turn)
  if (body.kind === 'unread') return refuse(turn, { ok: false, code: body.code, hook })
  const type = exchange.header('content-type')
  const payload = toPayload(body, type, query)
  if (!payload.ok) return refuse(turn, { ...payload, hook })
  if (settings.handshakes !== undefined && body.kind !== 'none' && isJson(type)) {
    const greeting = findBodyHandshake(exchange, payload.value)
    if (greeting !== undefined) return give(turn, greeting)
  }
  const checked = await checkPayload(turn, hook, payload.value)
  if (!checked.ok) return refuse(turn, checked)

  // 9. The application's own word, and then a use. Mail providers call a one-click URL for a person who is not there
  // (RFC 8058, section 3.1).
  const audience = isOneClick(payload.value) ? 'machine' : audienceOf(turn)
  const delivery = (): string => identifyDelivery({ token: found.token, exchange, query, body })
  const admitted = await admit(turn, { hook, audience, delivery })
  if (admitted.kind !== 'hook') return admitted

  // 10. Run the handler, 11. spend the use or give it back, 12. answer, which with `ack` may come first.
  const { onError } = settings
  const given = createHandlerHook({ hook, payload: checked.value, query, body, exchange, onError })
  const answer = async (): Promise<Answer> => toAnswer(turn, { hook, audience, result: await handler(given) })
  const running = run(turn, { hook: given, answer, settle: admitted.settle })
  return acknowledge(turn, { hook, audience, running })
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

async function admit(turn: Turn, counting: Counting): Promise<Answered | Admitted> {
  const { exchange, settings } = turn
  const { hook } = counting
  const verdict = await settings.policy.admit(hook)
  if (!verdict.ok) return refuse(turn, verdict)
  const use = await claim(turn, counting)
  if (use === 'repeated') return give(turn, repeatAnswer(turn, counting))
  if ('ok' in use) return refuse(turn, { ...use, hook })
  return {
    kind: 'hook',
    hook,
    headers: markHeaders(safetyHeaders, exchange, settings.cors),
    settle: (status) => use.settle(status !== undefined && status < 400 ? 'well' : 'badly'),
  }
}

async function claim(
  { exchange, settings }: Turn,
  { hook, audience, delivery }: Counting,
): ReturnType<typeof claimUse> {
  const { policy, uses } = settings
  const { id = '', uses: count, expiresAt } = hook
  if (uses === undefined || count === undefined || expiresAt === undefined) return uncounted
  return claimUse({
    settings: uses,
    claim: {
      key: sha256Hex(JSON.stringify([policy.purpose, id])),
      uses: count,
      expiresAt: new Date(expiresAt.getTime() + policy.toleranceMs),
      delivery: delivery(),
    },
    patient: audience === 'navigation',
    keepAlive: (work) => (exchange.waitUntil ?? exchange.hold)?.(work),
    onError: (error) => settings.onError(error, hook),
  })
}

async function shakeHands(turn: Turn, hook: Hook, { answer, consent }: Handshake): Promise<Received> {
  if (consent === undefined) return give(turn, answer)
  const verdict = await turn.settings.policy.admit(hook)
  if (!verdict.ok) return refuse(turn, verdict)
  let isRefused = false
  const ended = await run(turn, {
    hook,
    answer: async () => {
      isRefused = (await consent()) === false
      return answer
    },
  })
  return isRefused ? refuse(turn, { ok: false, code: 'revoked', hook }) : conclude(turn, ended)
}

function isOneClick(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && Reflect.get(payload, 'List-Unsubscribe') === 'One-Click'
}
