import { hookurl } from '@hookurl/verify/next'

const handler = hookurl({
  // As a function: Next evaluates this file when it builds, where there are no secrets.
  keys: () => process.env.HOOKURL_KEYS,
  handlers: {
    '/onWebhook': (hook) => console.log('signed:', hook.userId, hook.content, '– sent:', hook.payload),
  },
})

// Next answers by itself what a route does not export.
export { handler as GET, handler as HEAD, handler as OPTIONS, handler as POST }
