import { hookurl } from '@hookurl/verify/fastify'
import fastify from 'fastify'

const keys = process.env.HOOKURL_KEYS
const app = fastify()

// A receiver: runs the handler of the URL's command.
app.register(hookurl, {
  prefix: '/hooks',
  keys,
  handlers: {
    '/onWebhook': (hook) => console.log('signed:', hook.userId, hook.content, '– sent:', hook.payload),
  },
})

// A guard: accepts only URLs minted for this command.
app.all('/approve/*', { onRequest: hookurl.preHandler({ keys, command: '/approve' }) }, async (request) => {
  return { approvedFor: request.hook?.userId }
})

console.log(`listening on ${await app.listen({ port: Number(process.env.PORT ?? 8787) })}`)
