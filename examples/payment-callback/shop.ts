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

// Uses are counted on the disk, so that a payment counts once even if the shop restarts.
app.use('/hooks', hookurl({ keys, commands, uses: lmdbUseStore('data/uses'), handlers: { '/onPayment': onPayment } }))

// Body parsers come later: the service signs the exact bytes of the body.
app.post('/orders', express.json(), async (req, res) => {
  // A real shop looks up the price, and never takes it from the request.
  const order: Order = { id: randomUUID(), amount: req.body.amount, state: 'waiting' }
  const { id, amount } = order
  // The URL contains the order and its amount, so nothing has to be looked up when it is called.
  const callbackUrl = minter.mintSync({ command: '/onPayment', content: { order: id, amount }, maxUses: 1 })
  await saveOrder(order)
  const response = await fetch(PAYMENTS, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reference: id, amount, callbackUrl }),
  })
  res.status(response.ok ? 201 : 502).json(order)
})

app.get('/orders/:id', (req, res) => {
  const order = findOrder(req.params.id)
  res.status(order === undefined ? 404 : 200).json(order)
})

app.listen(Number(PORT), (error) => {
  if (error !== undefined) throw error
  console.log(`shop on http://localhost:${PORT}`)
})
