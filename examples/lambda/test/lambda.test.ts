import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LambdaResult } from '@hookurl/verify/lambda'
import { run } from '../../../tools/setup/io.js'
import { environment, type RunningExample, testMinimalReceiver } from '../../support/minimal-receiver.ts'
import { gateways, type ToEvent, toResponse } from './gateways.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))

const { ok, output } = run('npm', ['--prefix', folder, 'run', '--silent', 'build'])
if (!ok) throw new Error(output)

for (const [gateway, toEvent] of Object.entries(gateways)) {
  const by = `${gateway} event, bundled, Node ${process.versions.node}`
  testMinimalReceiver({ name: 'lambda', by, start: () => start(toEvent) })
}

/** Starts the built function in its own process, which receives the events. */
async function start(toEvent: ToEvent): Promise<RunningExample> {
  const env = { ...process.env, ...environment }
  const child = fork(`${folder}test/runtime.js`, [`${folder}dist/index.mjs`], { env, silent: true })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += chunk))
  const ended = once(child, 'close')
  const died = ended.then(() => Promise.reject(new Error(`the function exited\n${printed}`)))
  died.catch(() => {})
  await Promise.race([once(child, 'message'), died])
  const waiting = new Map<number, (result: LambdaResult) => void>()
  child.on('message', ({ id, result }: { id: number; result: LambdaResult }) => waiting.get(id)?.(result))
  let calls = 0
  return {
    send: async (path, request) => {
      const id = calls++
      const result = new Promise<LambdaResult>((resolve) => waiting.set(id, resolve))
      child.send({ id, event: toEvent(path, request) })
      return toResponse(await Promise.race([result, died]))
    },
    output: () => printed,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}
