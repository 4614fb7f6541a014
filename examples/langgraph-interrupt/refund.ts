// `npm start -- ORDER AMOUNT` asks for a decision. Stop it, start it again with the same order, and it continues.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HookurlError } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import { createWaiter, createWaitSchema, sqlWaitStore } from '@hookurl/verify/wait'
import { Command } from '@langchain/langgraph'
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import { Pool } from 'pg'
import { commands } from './commands.ts'
import { createGraph, type Decision, type Question } from './graph.ts'

const { DATABASE_URL, HOOKURL_KEYS, PORT = '8787' } = process.env
const [order = '1001', amount = '49'] = process.argv.slice(2)

// The database has both the state of the graph and the waits.
const pool = new Pool({ connectionString: DATABASE_URL })
const checkpointer = new PostgresSaver(pool)
await checkpointer.setup()
for (const statement of createWaitSchema('postgres')) await pool.query(statement)

const waiter = createWaiter({
  keys: HOOKURL_KEYS,
  commands,
  baseUrl: process.env.HOOKURL_BASE_URL ?? `http://localhost:${PORT}/waits`,
  waits: sqlWaitStore((sql, values) => pool.query(sql, values), { dialect: 'postgres' }),
})
const server = createServer(hookurl(waiter.receiver)).listen(Number(PORT))
await once(server, 'listening')
console.log(`listening on http://localhost:${(server.address() as AddressInfo).port}`)

const graph = createGraph({ waiter, checkpointer })
const config = { configurable: { thread_id: order } }
const { createdAt } = await graph.getState(config)
// `null` continues where an earlier process stopped.
await graph.invoke(createdAt === undefined ? { order, amount: Number(amount) } : null, config)

let state = await graph.getState(config)
for (;;) {
  const question = state.tasks[0]?.interrupts[0]?.value as Question | undefined
  if (question === undefined) break
  console.log(`decide: ${question.url}`)
  await graph.invoke(new Command({ resume: await getDecision(question.waitId) }), config)
  state = await graph.getState(config)
}
console.log(state.values.result)
server.close()
await pool.end()

async function getDecision(waitId: string): Promise<Decision> {
  try {
    const { choice, comment } = await waiter.resume(waitId)
    return { choice, comment }
  } catch (error) {
    if (!(error instanceof HookurlError) || error.code !== 'expired') throw error
    return { choice: 'reject', comment: 'no one decided in time' }
  }
}
