import { defineCommands } from '@hookurl/core'
import { z } from 'zod'

/** The commands of this application: credit an account for an order that a service reports. */
export const commands = defineCommands({
  '/credit': { content: z.object({ points: z.int().positive() }), payload: z.object({ order: z.string().max(100) }) },
})

/** How long a URL is valid. */
export const lifetime = '7d'

/** What the command does: the signed values, and the order that the caller sent. */
export interface Credit {
  readonly userId: string
  readonly points: number
  readonly order: string
}
