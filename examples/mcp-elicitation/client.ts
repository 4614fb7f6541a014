// In place of an agent: calls the tool, and opens nothing but shows the URL.
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'

const client = new Client({ name: 'client', version: '1.0.0' }, { capabilities: { elicitation: { url: {} } } })
client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
  console.log(params.message, 'url' in params ? params.url : '')
  return { action: 'accept' }
})
const requestInit = { headers: { authorization: 'Bearer token-of-ana' } }
const transport = new StreamableHTTPClientTransport(new URL('http://localhost:8787/mcp'), { requestInit })
await client.connect(transport as never)
console.log(await client.callTool({ name: 'deploy', arguments: { version: '4.2' } }, undefined, { timeout: 600_000 }))
await client.close()
