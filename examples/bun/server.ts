import { hookurl } from '@hookurl/verify/fetch'

export default {
  // Bun serves what the module exports.
  port: Number(process.env.PORT ?? 8787),
  fetch: hookurl({
    keys: process.env.HOOKURL_KEYS,
    handlers: {
      '/onWebhook': (hook) => console.log('signed:', hook.userId, hook.content, '– sent:', hook.payload),
    },
  }),
}
