import { randomUUID } from 'node:crypto'
import { createMinter } from '@hookurl/core'
import { memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/express'
import express from 'express'
import { createTransport } from 'nodemailer'
import { commands } from './commands.ts'
import { decide, getDecision, pages } from './decisions.ts'

const { HOOKURL_KEYS: keys = '', PORT = '8787', SMTP_URL = 'smtp://localhost:2525' } = process.env
const baseUrl = process.env.HOOKURL_BASE_URL ?? `http://localhost:${PORT}/decide`

const minter = createMinter({ keys, commands, baseUrl, expiresIn: '14d' })
const mail = createTransport(SMTP_URL, { from: 'Requests <requests@example.com>' })
const app = express()

const handlers = { '/approve': decide, '/reject': decide }
app.use('/decide', hookurl({ keys, commands, pages, handlers, uses: memoryUseStore() }))

// Put this behind your login: anyone who can call it chooses the recipient and the text of the email.
app.post('/requests', express.json(), async (req, res) => {
  const id = randomUUID()
  const { what, by } = req.body
  const shared = { content: { what, by }, id, maxUses: 1 }
  const approve = minter.mintSync({ command: '/approve', ...shared })
  const reject = minter.mintSync({ command: '/reject', ...shared })
  await mail.sendMail({
    to: by,
    subject: 'A request is waiting for you',
    text: `${what}\n\nApprove: ${approve}\n\nReject: ${reject}\n`,
    html: `<p>${escapeHtml(what)}</p><p><a href="${approve}">Approve</a> or <a href="${reject}">reject</a></p>`,
  })
  res.status(201).json({ id })
})

app.get('/requests/:id', (req, res) => {
  res.json({ decision: getDecision(req.params.id) ?? 'waiting' })
})

app.listen(Number(PORT), (error) => {
  if (error !== undefined) throw error
  console.log(`listening on http://localhost:${PORT}`)
})

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
