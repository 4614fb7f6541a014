import type { Pages, ReceivedHook } from '@hookurl/verify'
import type { commands } from './commands.ts'

type DecisionHook = ReceivedHook<typeof commands>

const decisions = new Map<string, 'approved' | 'rejected'>()

export function getDecision(id: string | undefined): 'approved' | 'rejected' | undefined {
  return decisions.get(id ?? '')
}

/** Runs once for each request: its two links share an id, and so their one use. */
export function decide(hook: DecisionHook): void {
  const decision = hook.command === '/approve' ? 'approved' : 'rejected'
  decisions.set(hook.id ?? '', decision)
  console.log(`${decision} by ${hook.content.by}: ${hook.content.what}`)
}

/** What people see: the page with the button, the page after it, and either link once it is decided. */
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

// Their schema was enforced before.
function describe(content: unknown): string {
  return (content as DecisionHook['content']).what
}
