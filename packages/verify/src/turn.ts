import type { Hook } from '@hookurl/core'
import { findCommand } from '@hookurl/core/internal'
import { type Audience, refusalAnswer } from './answer.ts'
import { markAnswer } from './cors.ts'
import type { Answer, Exchange } from './exchange.ts'
import { isNavigation } from './negotiate.ts'
import type { PageFacts } from './own-pages.ts'
import type { Refusal } from './policy.ts'
import type { Settings } from './settings.ts'

/** One request and what it meets. */
export interface Turn {
  readonly exchange: Exchange
  readonly settings: Settings
}

/** A request that has its answer. */
export interface Answered {
  readonly kind: 'answer'
  readonly answer: Answer
}

export function give({ exchange, settings }: Turn, answer: Answer): Answered {
  return { kind: 'answer', answer: markAnswer(answer, exchange, settings.cors) }
}

export function refuse(turn: Turn, refusal: Refusal): Answered {
  const { exchange, settings } = turn
  settings.onRefusal(refusal, exchange)
  const { code, hook } = refusal
  const facts = hook === undefined ? { exchange } : pageFacts(turn, hook)
  const page = (): string => settings.pages.refused(code, facts)
  return give(turn, refusalAnswer(refusal, { audience: audienceOf(turn), now: settings.now(), page }))
}

/** What the pages about a hook are made of. */
export function pageFacts({ exchange, settings }: Turn, hook: Hook): PageFacts {
  const { commands } = settings.policy
  const title = commands === undefined ? undefined : findCommand(commands, hook.command)?.title
  return { exchange, hook, title }
}

export function audienceOf({ exchange }: Turn): Audience {
  return isNavigation(exchange) ? 'navigation' : 'machine'
}
