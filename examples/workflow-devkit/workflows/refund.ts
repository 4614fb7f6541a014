import { createMinter } from '@hookurl/core'
import { createHook, sleep } from 'workflow'
import { commands, type Decision } from '../commands.ts'

/** Asks a colleague before it refunds an order. */
export async function refund(order: string, amount: number): Promise<void> {
  'use workflow'
  const hook = createHook<Decision>()
  // Registers the hook, so that no decision is too early.
  await hook.getConflict()
  await handOutUrl({ order, amount }, hook.token)
  // Suspended until the receiver resumes the hook, or the URL has expired. It needs no process meanwhile.
  const decision = await Promise.race([hook, sleep('1d')])
  const { choice, comment = 'no reason' } = decision ?? { choice: 'reject', comment: 'no one decided in time' }
  if (choice === 'approve') await pay(order, amount, comment)
  else await notify(order, comment)
}

async function handOutUrl(content: { order: string; amount: number }, token: string): Promise<void> {
  'use step'
  const { HOOKURL_KEYS: keys = '', HOOKURL_BASE_URL: baseUrl = '' } = process.env
  const { mintSync } = createMinter({ keys, commands, baseUrl, expiresIn: '1d' })
  // The id is signed, and tells the receiver which hook to resume. If the step runs again, both URLs share one use.
  console.log(`decide: ${mintSync({ command: '/refund', content, id: token, maxUses: 1 })}`)
}

async function pay(order: string, amount: number, reason: string): Promise<void> {
  'use step'
  console.log(`${order}: refunded ${amount}, ${reason}`)
}

async function notify(order: string, reason: string): Promise<void> {
  'use step'
  console.log(`${order}: not refunded, ${reason}`)
}
