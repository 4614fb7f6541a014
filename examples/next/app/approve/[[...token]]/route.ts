import { defineCommands } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/next'
import { z } from 'zod'

const commands = defineCommands({ '/approve': { content: z.object({ invoice: z.number() }) } })

// A guard in front of a route of your own, whose content has the type of the schema.
const handler = hookurl({ keys: () => process.env.HOOKURL_KEYS, commands, command: '/approve' }, (_request, hook) => {
  return new Response(`approved invoice ${hook.content.invoice.toFixed()} for ${hook.userId}`)
})

export { handler as GET, handler as HEAD, handler as OPTIONS, handler as POST }
