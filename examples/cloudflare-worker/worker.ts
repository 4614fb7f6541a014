import { env } from 'cloudflare:workers'
import { hookurl } from '@hookurl/verify/fetch'

export default {
  fetch: hookurl({
    keys: () => env.HOOKURL_KEYS,
    handlers: {
      '/onWebhook': (hook) => console.log('signed:', hook.userId, hook.content, '– sent:', hook.payload),
    },
  }),
}
