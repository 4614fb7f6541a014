import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { findSqliteNode } from '../../../tools/setup/nodes.js'
import { recordCheck } from '../../support/record-check.ts'
import { startGateway, videoBytes } from './gateway.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
// The AI SDK needs Node 22.
const node = findSqliteNode()
const folder = mkdtempSync(join(tmpdir(), 'hookurl-video-'))

afterAll(() => {
  rmSync(folder, { recursive: true })
  recordCheck('ai-job', 'the AI SDK waits for the notification of its gateway at a URL of waiter.webhook')
})

test('the AI SDK gets the notification, and only then asks for the video', async (context) => {
  if (!('program' in node)) return context.skip(node.absence)
  const gateway = await startGateway()
  const file = join(folder, 'video.mp4')
  const env = { PATH: process.env.PATH, PORT: '0', AI_GATEWAY_URL: gateway.origin, AI_GATEWAY_API_KEY: 'test' }
  const { stdout } = await promisify(execFile)(node.program, ['--import', 'tsx', 'video.ts', 'A cat', file], {
    cwd,
    env,
  })
  gateway.close()
  expect(gateway.events).toStrictEqual(['/video-model/start', 'callback', '/video-model/status'])
  expect(gateway.callbackStatuses).toStrictEqual([200])
  expect([...readFileSync(file)]).toStrictEqual([...videoBytes])
  expect(stdout).toBe(`${file}: video/mp4, ${videoBytes.byteLength} bytes\n`)
})
