import { require, serve } from '../serve.js'

const { z } = require('zod')
const item = z.object({ sku: z.string().min(3), price: z.number().positive(), tags: z.array(z.string()) })
const order = z.object({
  id: z.number().int(),
  email: z.string().email(),
  status: z.enum(['open', 'paid', 'sent']),
  note: z.string().optional(),
  items: z.array(item),
})
const body = {
  id: 17,
  email: 'ann@example.com',
  status: 'paid',
  items: Array.from({ length: 20 }, (_, at) => ({ sku: `sku-${at}`, price: at + 1, tags: ['new', 'red'] })),
}

serve(() => order.parse(body).items.length)
