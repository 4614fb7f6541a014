// A process for tests of waits. Its first argument says what it does.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hookurl } from '@hookurl/verify/node'
import { createWaiter, memoryWaitStore, redisWaitStore, type WaitStore } from '@hookurl/verify/wait'
import { createClient } from 'redis'
import { key } from './fixtures.ts'

const [task = '', redisUrl = ''] = process.argv.slice(2)

function create(waits: WaitStore): ReturnType<typeof createWaiter> {
  return createWaiter({ keys: key, baseUrl: 'http://localhost/waits', waits, pollInterval: '50ms' })
}

async function connect(): Promise<WaitStore> {
  const client = await createClient({ url: redisUrl })
    .on('error', () => {})
    .connect()
  return redisWaitStore(client)
}

function serve(waiter: ReturnType<typeof createWaiter>): void {
  const server = createServer(hookurl(waiter.receiver))
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.once('disconnect', () => process.exit())
}

const tasks: Readonly<Record<string, () => Promise<void>>> = {
  /** Receives calls. */
  serve: async () => serve(create(await connect())),
  /** Receives calls, and is killed after it has stored one, before it responds. */
  'serve and die': async () => {
    const store = await connect()
    serve(
      create({
        ...store,
        settle: async (...given) => {
          await store.settle(...given)
          process.kill(process.pid, 'SIGKILL')
          return new Promise(() => {})
        },
      }),
    )
  },
  /** Awaits a wait that expires after a second. */
  await: async () => {
    const { received } = await create(memoryWaitStore()).open({ command: '/onResult', expiresIn: 1 })
    received.then(
      () => {},
      ({ code }) => console.log(code),
    )
  },
  /** Opens waits that expire after a minute, one of them with a signal, and awaits none. */
  'await nothing': async () => {
    const waiter = create(memoryWaitStore())
    const controller = new AbortController()
    await waiter.open({ command: '/onResult', expiresIn: '1m' })
    await waiter.open({ command: '/onResult', expiresIn: '1m', signal: controller.signal })
    if (redisUrl === 'abort') controller.abort()
    console.log('opened')
  },
}

process.once('unhandledRejection', (error) => {
  console.log(`unhandled: ${error}`)
  process.exit(1)
})
await tasks[task]?.()
