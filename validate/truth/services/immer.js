import { require, serve } from '../serve.js'

const { produce } = require('immer')
const state = {
  orders: Array.from({ length: 50 }, (_, id) => ({ id, open: true, lines: [{ sku: 'a', count: 1 }] })),
}

serve(() => {
  const next = produce(state, draft => {
    for (const order of draft.orders) if (order.id % 5 === 0) order.lines[0].count++
  })
  return next.orders[5].lines[0].count
})
