// Tests of the examples that run on Node, with a receiver at /hooks and a guard at /approve.
import { createMinter } from '@hookurl/core'
import { expect, test } from 'vitest'
import { sendToOrigin } from '../../test/runtimes/runtime.ts'
import { testKey } from '../../tools/snippets.ts'
import { environment, type RunningExample, testMinimalReceiver } from './minimal-receiver.ts'
import { startProgram } from './program.ts'

/** Tests the `server.ts` of an example. */
export function testNodeServer(name: string, cwd: string): void {
  const start = async (): Promise<RunningExample> => {
    const program = await startProgram([process.execPath, '--import', 'tsx', 'server.ts'], { cwd, env: environment })
    return { send: sendToOrigin(program.origin), output: program.output, stop: program.stop }
  }

  testMinimalReceiver({ name, by: `Node ${process.versions.node}`, start })

  test(`the guard of ${name} accepts URLs minted for its command only`, async () => {
    const { send, stop } = await start()
    const minter = createMinter({ keys: testKey, baseUrl: 'https://bot.example.com/approve', expiresIn: '1h' })
    const call = (command: string): ReturnType<typeof send> =>
      send(new URL(minter.mintSync({ command, userId: 42 })).pathname, { method: 'POST' })
    try {
      const [approved, other] = await Promise.all([call('/approve'), call('/onWebhook')])
      expect([approved.status, JSON.parse(approved.body)]).toEqual([200, { approvedFor: '42' }])
      expect([other.status, JSON.parse(other.body)]).toMatchObject([403, { code: 'wrong_command' }])
    } finally {
      await stop()
    }
  })
}
