import { hookurl } from '@hookurl/verify/fetch'

export default {
  fetch: hookurl({
    keys: process.env.HOOKURL_KEYS,
    handlers: {
      '/onWebhook': (hook) => console.log('signed:', hook.userId, hook.content, '– sent:', hook.payload),
    },
  }),
}
