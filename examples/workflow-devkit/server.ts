// `npm start -- ORDER AMOUNT` starts a workflow. Without arguments, it continues those that an earlier process started.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import { hookurl } from '@hookurl/verify/node'
import { createLocalWorld } from '@workflow/world-local'
import { resumeHook, start } from 'workflow/api'
import { HookNotFoundError } from 'workflow/errors'
import { setWorld } from 'workflow/runtime'
import { commands, type Decision } from './commands.ts'

const { HOOKURL_KEYS, PORT = '8787', DATA_DIR = fileURLToPath(new URL('data', import.meta.url)) } = process.env
const [order, amount = '49'] = process.argv.slice(2)

const receiver = hookurl({
  keys: HOOKURL_KEYS,
  commands,
  uses: { store: lmdbUseStore(join(DATA_DIR, 'uses')), lease: '2s' },
  handlers: {
    // Resolves once the decision is stored. Only then, its caller gets 200.
    '/refund': async ({ id = '', choice, comment }) => {
      try {
        await resumeHook<Decision>(id, { choice, comment })
        return undefined
      } catch (error) {
        if (!HookNotFoundError.is(error)) throw error
        return new Response('This workflow waits for no decision.\n', { status: 410 })
      }
    },
  },
})

// Runs the workflows in this process, and stores them in a folder. A framework's plugin does this for you.
const world = createLocalWorld({ dataDir: join(DATA_DIR, 'workflows') })
const handlers = { __wkf_workflow_: 'workflows.mjs', __wkf_step_: 'steps.mjs' } as const
for (const [prefix, file] of Object.entries(handlers)) {
  const { POST } = await import(new URL(`dist/${file}`, import.meta.url).href)
  world.registerHandler(prefix as keyof typeof handlers, POST)
}
setWorld(world)

const server = createServer(receiver).listen(Number(PORT), async () => {
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  process.env.HOOKURL_BASE_URL ??= `${origin}/hooks`
  console.log(`listening on ${origin}`)
  await world.start?.()
  if (order !== undefined) await start({ workflowId: 'workflow//./workflows/refund//refund' }, [order, Number(amount)])
})
