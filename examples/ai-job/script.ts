import { parseArgs } from 'node:util'
import { z } from 'zod'
import { openWaiter } from './wait-for-hook.ts'

const service = process.env.JOB_SERVICE ?? 'http://localhost:8788'

const { values, positionals } = parseArgs({
  options: { within: { type: 'string', default: '10' } },
  allowPositionals: true,
})

const waiter = await openWaiter({
  payload: z.discriminatedUnion('status', [
    z.object({ status: z.literal('succeeded'), output: z.string() }),
    z.object({ status: z.literal('failed'), error: z.string() }),
  ]),
  port: Number(process.env.PORT ?? 8787),
  baseUrl: process.env.HOOKURL_BASE_URL,
})
console.log(`waiting on ${waiter.origin}`)

for (const text of positionals) await summarize(text)
waiter.close()

async function summarize(text: string): Promise<void> {
  const name = JSON.stringify(text.slice(0, 20))
  try {
    const result = await waiter.waitForHook((url, signal) => startJob({ text, webhook: url }, signal), {
      seconds: Number(values.within),
    })
    if (result.status === 'failed') throw new Error(result.error)
    console.log(`${name} is about ${result.output}`)
  } catch (error) {
    console.log(`${name} failed: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}

async function startJob(job: { text: string; webhook: string }, signal: AbortSignal): Promise<void> {
  const { ok, status } = await fetch(`${service}/jobs`, { method: 'POST', body: JSON.stringify(job), signal })
  if (!ok) throw new Error(`the service responded with ${status}`)
}
