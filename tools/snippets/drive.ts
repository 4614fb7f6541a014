// Calls what a snippet exports for its host, with one request after the other, and prints what came back.
import { pathToFileURL } from 'node:url'
import type { Asked } from '../snippets.ts'

interface Exports {
  readonly handler?: (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>
  readonly POST?: FetchHandler
  readonly default?: { readonly fetch: FetchHandler }
}

type FetchHandler = (request: Request, context: unknown) => Promise<Response>

const [file = '', asked = '[]'] = process.argv.slice(2)
const { handler, POST, default: host }: Exports = await import(pathToFileURL(file).href)

async function call({ url, event }: Asked): Promise<{ status: number; body: string }> {
  if (handler !== undefined) {
    const { statusCode, body } = await handler(event, {})
    return { status: statusCode, body }
  }
  const answerTo = POST ?? host?.fetch
  if (answerTo === undefined) throw new Error('the snippet exports nothing for a host')
  const answer = await answerTo(new Request(url, { method: 'POST' }), { params: Promise.resolve({ token: ['x'] }) })
  return { status: answer.status, body: await answer.text() }
}

const answers: unknown[] = []
for (const each of JSON.parse(asked) as Asked[]) answers.push(await call(each))
console.log(JSON.stringify(answers))
