import type { Pages, ReceivedHook } from '@hookurl/verify'
import type { commands } from './commands.ts'

type DecisionHook = ReceivedHook<typeof commands>

const decisions = new Map<string, 'approved' | 'rejected'>()

export function getDecision(id: string | undefined): 'approved' | 'rejected' | undefined {
  return decisions.get(id ?? '')
}

/** Runs once per request: both links have the same id, so they share one use. */
export function decide(hook: DecisionHook): void {
  const decision = hook.command === '/approve' ? 'approved' : 'rejected'
  decisions.set(hook.id ?? '', decision)
  console.log(`${decision} by ${hook.content.by}: ${hook.content.what}`)
}

/** The page with the button, the page after it, and the page of both links after the decision. */
export const pages: Pages = {
  confirm: ({ hook, title = '' }) => {
    const decision = getDecision(hook.id)
    const text = describe(hook.content)
    if (decision !== undefined) return { title: `Already ${decision}`, text, note: '', button: '' }
    return { title: `${title}?`, text, note: 'Nothing has happened yet.', button: title }
  },
  done: ({ hook }) => ({ title: `This is ${getDecision(hook.id)}`, text: describe(hook.content) }),
  rejected: ({ code, hook }) => {
    if (code !== 'already_used' || hook === undefined) return undefined
    return { title: `Already ${getDecision(hook.id)}`, text: describe(hook.content), note: '' }
  },
}

// The receiver has already validated the content against its schema.
function describe(content: unknown): string {
  return (content as DecisionHook['content']).what
}
