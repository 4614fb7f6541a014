import { hookurl } from '@hookurl/verify/next'

const handler = hookurl({
  // A function, since Next evaluates this file at build time, when there are no secrets.
  keys: () => process.env.HOOKURL_KEYS,
  handlers: {
    '/onWebhook': (hook) => console.log('signed:', hook.userId, hook.content, '– sent:', hook.payload),
  },
})

// Next itself responds to the methods that a route does not export.
export { handler as GET, handler as HEAD, handler as OPTIONS, handler as POST }
