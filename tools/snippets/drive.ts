// Calls the exports of a snippet as its host does, one request after the other, and prints the responses.
import { pathToFileURL } from 'node:url'
import type { HostRequest } from '../snippets.ts'

interface Exports {
  readonly handler?: (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>
  readonly POST?: FetchHandler
  readonly default?: { readonly fetch: FetchHandler }
}

type FetchHandler = (request: Request, context: unknown) => Promise<Response>

const [file = '', asked = '[]'] = process.argv.slice(2)
const { handler, POST, default: host }: Exports = await import(pathToFileURL(file).href)

async function call({ url, event }: HostRequest): Promise<{ status: number; body: string }> {
  if (handler !== undefined) {
    const { statusCode, body } = await handler(event, {})
    return { status: statusCode, body }
  }
  const handle = POST ?? host?.fetch
  if (handle === undefined) throw new Error('the snippet exports nothing for a host')
  const response = await handle(new Request(url, { method: 'POST' }), { params: Promise.resolve({ token: ['x'] }) })
  return { status: response.status, body: await response.text() }
}

const responses: unknown[] = []
for (const each of JSON.parse(asked) as HostRequest[]) responses.push(await call(each))
console.log(JSON.stringify(responses))
