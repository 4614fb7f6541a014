import { defineCommands } from '@hookurl/core'
import { z } from 'zod'

export const commands = defineCommands({
  '/refund': {
    title: 'Refund this order?',
    content: z.object({ order: z.string(), amount: z.number() }),
    choices: { approve: 'Refund', reject: 'Do not refund' },
    comment: { label: 'Reason', maxLength: 500 },
  },
})

export interface Decision {
  readonly choice: 'approve' | 'reject'
  readonly comment?: string | undefined
}
