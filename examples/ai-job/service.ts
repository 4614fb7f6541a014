// Emulates an AI service: accepts a job, works on it for a while, and posts the result to the job's webhook. Like such
// services, it signs nothing, and retries after a failure.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

interface Job {
  readonly id: number
  readonly text: string
  readonly webhook: string
}

const msPerWord = Number(process.env.MS_PER_WORD ?? 500)
// More than one: a service that missed the response delivers again.
const deliveries = Number(process.env.DELIVERIES ?? 2)
let lastId = 0

const server = createServer((request, response) => {
  handleRequest(request, response).catch(() => response.writeHead(400).end())
})
server.listen(Number(process.env.PORT ?? 8788), () => {
  console.log(`listening on http://localhost:${(server.address() as AddressInfo).port}`)
})

async function handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { text, webhook } = (await json(request)) as Omit<Job, 'id'>
  lastId += 1
  const job = { id: lastId, text: String(text), webhook }
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id: job.id, status: 'started' }))
  runJob(job).catch((error) => console.log(`job ${job.id}: gave up, ${error instanceof Error ? error.message : error}`))
}

async function runJob(job: Job): Promise<void> {
  const words = job.text.match(/\p{L}+/gu) ?? []
  await sleep(words.length * msPerWord)
  const result =
    words.length === 0 ? { status: 'failed', error: 'no words' } : { status: 'succeeded', output: findTopWord(words) }
  for (let delivery = 1; delivery <= deliveries; delivery += 1) await deliver(job, { id: job.id, ...result })
}

function findTopWord(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const [most] = [...counts].sort(
    ([word, count], [other, otherCount]) => otherCount - count || other.length - word.length,
  )
  return most?.[0] ?? ''
}

async function deliver({ id, webhook }: Job, result: object): Promise<void> {
  for (const pause of [500, 1000, 0]) {
    const response = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(result),
    })
    console.log(`job ${id}: called back, got ${response.status} ${await response.text()}`)
    if (response.ok || response.status === 410) return
    await sleep(pause)
  }
}
