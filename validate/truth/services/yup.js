import { require, serve } from '../serve.js'

const yup = require('yup')
const item = yup.object({ sku: yup.string().min(3).required(), price: yup.number().positive().required() })
const order = yup.object({
  id: yup.number().integer().required(),
  email: yup.string().email().required(),
  items: yup.array().of(item).required(),
})
const body = {
  id: 17,
  email: 'ann@example.com',
  items: Array.from({ length: 3 }, (_, at) => ({ sku: `sku-${at}`, price: at + 1 })),
}

serve(() => order.validateSync(body).items.length)
