import type { Waiter } from '@hookurl/verify/wait'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import type { commands } from './commands.ts'

interface McpOptions {
  readonly waiter: Waiter<typeof commands>
  /** The user whose agent is connected: the one who may confirm. */
  readonly userId: string
}

/** Creates the MCP server of one session, with a tool that its user has to confirm in the browser. */
export function createMcpServer({ waiter, userId }: McpOptions): McpServer {
  const mcp = new McpServer({ name: 'deployments', version: '1.0.0' })
  mcp.registerTool(
    'deploy',
    { description: 'Deploys a version to production, if the user agrees.', inputSchema: { version: z.string() } },
    async ({ version }, { requestId: relatedRequestId, signal: cancelled }) => {
      const declined = new AbortController()
      // No one can decide once the client has declined, or has cancelled the call.
      const signal = AbortSignal.any([declined.signal, cancelled])
      const { url, id, received } = await waiter.open({
        command: '/deploy',
        userId,
        requireUser: true,
        content: { version },
        signal,
      })
      const message = `Confirm the deployment of ${version}.`
      // On the stream of the tool call: the client may not have opened another one.
      const related = { relatedRequestId }
      const { action } = await mcp.server.elicitInput({ mode: 'url', message, url, elicitationId: id }, related)
      if (action !== 'accept') {
        declined.abort()
        return say(`${version} is not deployed: the user did not open the URL.`)
      }
      // The client accepts when it has opened the URL. The decision comes from the form.
      const { choice, comment = 'no comment' } = await received
      await mcp.server.createElicitationCompletionNotifier(id, related)()
      return say(`${version} is ${choice === 'approve' ? '' : 'not '}deployed: ${comment}.`)
    },
  )
  return mcp
}

function say(text: string): { content: { type: 'text'; text: string }[] } {
  return { content: [{ type: 'text', text }] }
}
