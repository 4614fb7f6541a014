import { defineCommands } from '@hookurl/core'
import { z } from 'zod'

const amount = z.int().positive() // in cents

export const commands = defineCommands({
  '/onPayment': {
    // Signed by the shop into the URL of an order.
    content: z.object({ order: z.string(), amount }),
    // Sent by the payment service.
    payload: z.discriminatedUnion('type', [
      z.object({ type: z.literal('payment.succeeded'), data: z.object({ reference: z.string(), amount }) }),
      z.object({ type: z.literal('payment.failed'), data: z.object({ reference: z.string(), reason: z.string() }) }),
    ]),
  },
})
