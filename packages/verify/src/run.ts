import type { Hook } from '@hookurl/core'
import {
  type Audience,
  acceptedAnswer,
  doneAnswer,
  isResponse,
  jsonAnswer,
  redirectAnswer,
  repeatedAnswer,
  responseAnswer,
} from './answer.ts'
import type { Answer } from './exchange.ts'
import type { Refusal } from './policy.ts'
import { type Answered, give, pageFacts, refuse, type Turn } from './turn.ts'

/** Whom a hook's answer is for. */
interface Asked {
  readonly hook: Hook
  readonly audience: Audience
}

/** A handler that is to run, and what is done about its use when it has ended. */
interface Run {
  readonly hook: Hook
  handle(): unknown
  toAnswer(result: unknown): Answer
  settle?(status: number | undefined): void | Promise<void>
}

/** Runs a handler and ends its use. What it throws goes to `onError`. */
export async function run({ settings }: Turn, { hook, handle, toAnswer, settle }: Run): Promise<Answer | Refusal> {
  try {
    const made = toAnswer(await handle())
    const settling = settle?.(made.status)
    if (settling !== undefined) await settling
    return made
  } catch (error) {
    await settle?.(undefined)
    settings.onError(error, hook)
    return { ok: false, code: 'handler_failed', hook }
  }
}

/** The answer when a run has ended, or when the sender has waited long enough. */
export async function acknowledge(
  turn: Turn,
  { running, ackMs, ...asked }: Asked & { readonly running: Promise<Answer | Refusal>; readonly ackMs: number },
): Promise<Answered> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ackMs)
  })
  const first = await Promise.race([running, late])
  clearTimeout(timer)
  if (first !== 'late') return conclude(turn, first)
  turn.exchange.waitUntil?.(running.then(drop))
  const target = leadsTo(turn, asked)
  if (target !== undefined && asked.audience === 'navigation') return give(turn, redirectAnswer(target))
  return give(
    turn,
    acceptedAnswer(asked.audience, () => turn.settings.pages.accepted(pageFacts(turn, asked.hook))),
  )
}

/** What a run came to, as an answer. */
export function conclude(turn: Turn, ended: Answer | Refusal): Answered {
  return 'ok' in ended ? refuse(turn, ended) : give(turn, ended)
}

/** A handler's result as an answer. */
export function toAnswer(turn: Turn, { result, ...asked }: Asked & { readonly result: unknown }): Answer {
  if (isResponse(result)) return responseAnswer(checkResponse(result))
  const target = leadsTo(turn, asked)
  if (target !== undefined) return redirectAnswer(target)
  if (result !== undefined) return jsonAnswer(result)
  return doneAnswer(asked.audience, () => turn.settings.pages.done(pageFacts(turn, asked.hook)))
}

/** The answer to a delivery that was carried out before: a person gets what there was the first time. */
export function repeatAnswer(turn: Turn, asked: Asked): Answer {
  const target = leadsTo(turn, asked)
  if (target !== undefined) return redirectAnswer(target)
  return repeatedAnswer(asked.audience, () => turn.settings.pages.done(pageFacts(turn, asked.hook)))
}

function leadsTo({ settings }: Turn, { hook, audience }: Asked): string | undefined {
  const { redirect } = settings
  const leads = redirect === 'always' || (redirect === 'auto' && audience === 'navigation')
  return leads ? hook.redirectTo : undefined
}

// What no host could send is the handler's failure, and onError is to hear of it.
function checkResponse(response: Response): Response {
  if (response.bodyUsed || response.body?.locked === true)
    throw new TypeError('the body of the response was read before')
  if (response.status < 200) throw new TypeError('the response has no status: it is that of a failed fetch')
  return response
}

// A response that nobody waits for any more must not hold its connection.
async function drop(ended: Answer | Refusal): Promise<void> {
  if (!('ok' in ended)) await ended.response?.body?.cancel().catch(() => {})
}
