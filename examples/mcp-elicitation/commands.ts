import { defineCommands } from '@hookurl/core'
import { z } from 'zod'

export const commands = defineCommands({
  '/deploy': {
    title: 'Deploy to production?',
    content: z.object({ version: z.string() }),
    choices: { approve: 'Deploy', reject: 'Do not deploy' },
    comment: { label: 'Why? The agent reads this.', maxLength: 500 },
  },
})
