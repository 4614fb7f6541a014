import { hookurl } from '@hookurl/verify/fetch'

export default {
  // Bun serves the module's default export.
  port: Number(process.env.PORT ?? 8787),
  fetch: hookurl({
    keys: process.env.HOOKURL_KEYS,
    handlers: {
      '/onWebhook': (hook) => console.log('signed:', hook.userId, hook.content, '– sent:', hook.payload),
    },
  }),
}
