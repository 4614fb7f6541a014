import { defineCommands } from '@hookurl/core'
import { z } from 'zod'

/** What the URLs of this application do: credit an account, for an order that a service reports. */
export const commands = defineCommands({
  '/credit': { content: z.object({ points: z.int().positive() }), payload: z.object({ order: z.string().max(100) }) },
})
