import { defineCommands } from '@hookurl/core'
import { z } from 'zod'

const content = z.object({ what: z.string(), by: z.email() })

export const commands = defineCommands({
  '/approve': { title: 'Approve', content },
  '/reject': { title: 'Reject', content },
})
