import { defineCommands } from '@hookurl/core'
import { z } from 'zod'

/** The commands of this application: credit an account for an order that a service reports. */
export const commands = defineCommands({
  '/credit': { content: z.object({ points: z.int().positive() }), payload: z.object({ order: z.string().max(100) }) },
})
