import { randomUUID } from 'node:crypto'
import { createMinter } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/express'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import express from 'express'
import { commands } from './commands.ts'
import { onPayment } from './on-payment.ts'
import { findOrder, type Order, saveOrder } from './orders.ts'

const { HOOKURL_KEYS: keys = '', PORT = '8787', PAYMENTS = 'http://localhost:8788/payments' } = process.env
const baseUrl = process.env.HOOKURL_BASE_URL ?? `http://localhost:${PORT}/hooks`

const minter = createMinter({ keys, commands, baseUrl, expiresIn: '7d' })
const app = express()

// Counted on the disk: a payment is honoured once, also when the shop is restarted in between.
app.use('/hooks', hookurl({ keys, commands, uses: lmdbUseStore('data/uses'), handlers: { '/onPayment': onPayment } }))

// Parsers come after it, as the signature of the service is over the exact bytes.
app.post('/orders', express.json(), async (req, res) => {
  // A shop of yours has its prices itself, and never takes them from the customer.
  const order: Order = { id: randomUUID(), amount: req.body.amount, state: 'waiting' }
  const { id, amount } = order
  // The URL says which order it is about and what it costs; nothing has to be looked up when it is called.
  const callbackUrl = minter.mintSync({ command: '/onPayment', content: { order: id, amount }, maxUses: 1 })
  await saveOrder(order)
  const asked = await fetch(PAYMENTS, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reference: id, amount, callbackUrl }),
  })
  res.status(asked.ok ? 201 : 502).json(order)
})

app.get('/orders/:id', (req, res) => {
  const order = findOrder(req.params.id)
  res.status(order === undefined ? 404 : 200).json(order)
})

app.listen(Number(PORT), (error) => {
  if (error !== undefined) throw error
  console.log(`shop on http://localhost:${PORT}`)
})
