import { randomUUID } from 'node:crypto'
import type { Minter } from '@hookurl/core'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import type { commands } from './commands.ts'
import { forget, waitForDecision } from './decisions.ts'

interface McpOptions {
  readonly minter: Minter<typeof commands>
  /** The user whose agent is connected: the one who may confirm. */
  readonly userId: string
}

/** Creates the MCP server of one session, with a tool that its user has to confirm in the browser. */
export function createMcpServer({ minter, userId }: McpOptions): McpServer {
  const mcp = new McpServer({ name: 'deployments', version: '1.0.0' })
  mcp.registerTool(
    'deploy',
    { description: 'Deploys a version to production, if the user agrees.', inputSchema: { version: z.string() } },
    async ({ version }, { requestId: relatedRequestId }) => {
      const id = randomUUID()
      const url = minter.mintSync({
        command: '/deploy',
        userId,
        requireUser: true,
        content: { version },
        id,
        maxUses: 1,
      })
      const decided = waitForDecision(id)
      const message = `Confirm the deployment of ${version}.`
      // On the stream of the tool call: the client may not have opened another one.
      const related = { relatedRequestId }
      const { action } = await mcp.server.elicitInput({ mode: 'url', message, url, elicitationId: id }, related)
      if (action !== 'accept') {
        forget(id)
        return say(`${version} is not deployed: the user did not open the URL.`)
      }
      // The client accepts when it has opened the URL. The decision comes from the form.
      const { choice, comment = 'no comment' } = await decided
      await mcp.server.createElicitationCompletionNotifier(id, related)()
      return say(`${version} is ${choice === 'approve' ? '' : 'not '}deployed: ${comment}.`)
    },
  )
  return mcp
}

function say(text: string): { content: { type: 'text'; text: string }[] } {
  return { content: [{ type: 'text', text }] }
}
