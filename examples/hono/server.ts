import { serve } from '@hono/node-server'
import { hookurl } from '@hookurl/verify/hono'
import { Hono } from 'hono'

const keys = process.env.HOOKURL_KEYS
const app = new Hono()

// A receiver: runs the handler of the URL's command.
app.use(
  '/hooks/*',
  hookurl({
    keys,
    handlers: {
      '/onWebhook': (hook) => console.log('signed:', hook.userId, hook.content, '– sent:', hook.payload),
    },
  }),
)

// A guard: accepts only URLs minted for this command.
app.all('/approve/*', hookurl({ keys, command: '/approve' }), (c) => c.json({ approvedFor: c.get('hook')?.userId }))

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 8787) }, ({ port }) => {
  console.log(`listening on http://localhost:${port}`)
})
