import { parseArgs } from 'node:util'
import { defineCommands } from '@hookurl/core'
import { z } from 'zod'
import { startWaiter } from './waiter.ts'

const service = process.env.JOB_SERVICE ?? 'http://localhost:8788'

const { values, positionals } = parseArgs({
  options: { within: { type: 'string', default: '10' } },
  allowPositionals: true,
})

const { waiter, origin, close } = await startWaiter({
  commands: defineCommands({
    '/onResult': {
      payload: z.discriminatedUnion('status', [
        z.object({ status: z.literal('succeeded'), output: z.string() }),
        z.object({ status: z.literal('failed'), error: z.string() }),
      ]),
    },
  }),
  port: Number(process.env.PORT ?? 8787),
  baseUrl: process.env.HOOKURL_BASE_URL,
})
console.log(`waiting on ${origin}`)

for (const text of positionals) await summarize(text)
close()

async function summarize(text: string): Promise<void> {
  const name = JSON.stringify(text.slice(0, 20))
  try {
    const { url, received } = await waiter.open({ command: '/onResult', expiresIn: Number(values.within) })
    await startJob({ text, webhook: url })
    const { payload } = await received
    if (payload.status === 'failed') throw new Error(payload.error)
    console.log(`${name} is about ${payload.output}`)
  } catch (error) {
    console.log(`${name} failed: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}

async function startJob(job: { text: string; webhook: string }): Promise<void> {
  const { ok, status } = await fetch(`${service}/jobs`, { method: 'POST', body: JSON.stringify(job) })
  if (!ok) throw new Error(`the service responded with ${status}`)
}
