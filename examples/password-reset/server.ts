import { createMinter } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/express'
import express from 'express'
import { createTransport } from 'nodemailer'
import { changePassword, createUser, findPasswordHash, findUserByEmail, isPassword } from './users.ts'

const { HOOKURL_KEYS: keys = '', PORT = '8787', SMTP_URL = 'smtp://localhost:2525' } = process.env
const origin = process.env.ORIGIN ?? `http://localhost:${PORT}`

const command = '/reset-password'
const minter = createMinter({ keys, baseUrl: `${origin}/reset`, expiresIn: '1h' })
const mail = createTransport(SMTP_URL, { from: 'Accounts <accounts@example.com>' })
const app = express()
app.use(express.json(), express.urlencoded())

// The link works while the user has the password hash that it was minted with.
app.post('/forgot', async (req, res) => {
  const user = await findUserByEmail(String(req.body.email))
  if (user !== undefined) {
    const { id: userId, passwordHash: state, email: to } = user
    // GET only shows the form.
    const url = minter.mintSync({ command, userId, state, allowGet: true })
    await mail.sendMail({ to, subject: 'Reset your password', text: `Choose a new password: ${url}\n` })
  }
  // The same response for everyone: it tells no one who has an account.
  res.status(202).send('If you have an account, you will get an email.\n')
})

// Verifies the link of both requests: a link that was used shows no form.
const guard = hookurl({ keys, command, state: (hook) => findPasswordHash(hook.userId) })

app.get('/reset/:token', guard, (_req, res) => {
  res.send(`<!doctype html><html lang="en"><title>Reset your password</title>
<form method="post"><label>New password <input name="password" type="password" minlength="12" required></label>
<button>Save</button></form>`)
})

app.post('/reset/:token', guard, async (req, res) => {
  const { userId = '', state } = req.hook ?? {}
  const { password = '' } = req.body as { password?: string }
  if (password.length < 12) {
    res.status(422).send('At least 12 characters, please.\n')
    return
  }
  // The state is the hash that the guard compared. Of two clicks at once, one finds it gone.
  const isChanged = await changePassword(userId, String(state), password)
  res.status(isChanged ? 200 : 410).send(isChanged ? 'Your password was changed.\n' : 'This link was already used.\n')
})

// The rest of an application, as far as the example needs it.
app.post('/users', async (req, res) => {
  res.status(201).json({ id: await createUser(req.body.email, req.body.password) })
})
app.post('/login', async (req, res) => {
  const user = await findUserByEmail(String(req.body.email))
  const isUser = user !== undefined && (await isPassword(String(req.body.password), user.passwordHash))
  res.sendStatus(isUser ? 204 : 401)
})

app.listen(Number(PORT), (error) => {
  if (error !== undefined) throw error
  console.log(`listening on http://localhost:${PORT}`)
})
