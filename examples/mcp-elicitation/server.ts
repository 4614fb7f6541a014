import { randomUUID } from 'node:crypto'
import { hookurl } from '@hookurl/verify/express'
import { createWaiter, memoryWaitStore } from '@hookurl/verify/wait'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import express from 'express'
import { commands } from './commands.ts'
import { createMcpServer } from './deploy-tool.ts'
import { getBearer, getSessionUser, signIn, signInPage } from './users.ts'

const { HOOKURL_KEYS: keys = '', PORT = '8787' } = process.env
const baseUrl = process.env.HOOKURL_BASE_URL ?? `http://localhost:${PORT}/confirm`

const waiter = createWaiter({ keys, commands, baseUrl, expiresIn: '10m', waits: memoryWaitStore() })
const app = express()

// The browser: only the user whose agent asked can decide.
app.use(
  '/confirm',
  hookurl({
    ...waiter.receiver,
    user: (req: express.Request) => getSessionUser(req.get('cookie')),
    signIn: (returnTo) => `/login?next=${encodeURIComponent(returnTo)}`,
  }),
)
app.get('/login', (_req, res) => void res.type('html').send(signInPage))
app.post('/login', express.urlencoded(), (req, res) => {
  const { next } = req.query
  // Anything but a path of this site would let a link send its visitors elsewhere.
  const isPath = typeof next === 'string' && /^\/(?![/\\])/.test(next)
  res.set('set-cookie', signIn(String(req.body.user))).redirect(303, isPath ? next : '/')
})

// The agent: one MCP session for each client that connects.
const sessions = new Map<string, StreamableHTTPServerTransport>()
app.all('/mcp', async (req, res) => {
  const userId = getBearer(req.get('authorization'))
  if (userId === undefined) return void res.set('www-authenticate', 'Bearer').sendStatus(401)
  const known = sessions.get(`${userId} ${req.get('mcp-session-id')}`)
  await (known ?? (await startSession(userId))).handleRequest(req, res)
})

async function startSession(userId: string): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(`${userId} ${id}`, transport),
    onsessionclosed: (id) => void sessions.delete(`${userId} ${id}`),
  })
  await createMcpServer({ waiter, userId }).connect(transport as never)
  return transport
}

app.listen(Number(PORT), (error) => {
  if (error !== undefined) throw error
  console.log(`listening on http://localhost:${PORT}`)
})
