import { hookurl } from '@hookurl/verify/express'
import express from 'express'
import { sendIssue } from './newsletter.ts'
import { listSubscribers, subscribe, unsubscribe } from './subscribers.ts'

const { HOOKURL_KEYS: keys = '', PORT = '8787' } = process.env
const app = express()

// One URL for both: a mail provider POSTs to it; a browser that opens it gets a button, then a redirect to /goodbye.
app.use(
  '/unsubscribe',
  hookurl({
    keys,
    handlers: { '/unsubscribe': (hook) => unsubscribe(hook.userId) },
    pages: { confirm: () => ({ title: 'No more Cat Weekly?', text: 'One click is enough.', button: 'Unsubscribe' }) },
  }),
)

app.get('/goodbye', (_req, res) => {
  res.send('<!doctype html><html lang="en"><title>Goodbye</title><h1>You will get no more cats</h1>')
})

// Put these behind your login.
app.use(express.json())
app.post('/subscribers', (req, res) => {
  res.status(201).json({ id: subscribe(req.body.address) })
})
app.get('/subscribers', (_req, res) => {
  res.json(listSubscribers())
})
app.post('/issues', async (req, res) => {
  await sendIssue(req.body)
  res.sendStatus(202)
})

app.listen(Number(PORT), (error) => {
  if (error !== undefined) throw error
  console.log(`listening on http://localhost:${PORT}`)
})
