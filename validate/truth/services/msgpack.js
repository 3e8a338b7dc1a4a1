import { require, serve } from '../serve.js'

const { decode, encode } = require('@msgpack/msgpack')
const order = {
  id: 17,
  email: 'ann@example.com',
  items: Array.from({ length: 10 }, (_, at) => ({ sku: `sku-${at}`, price: at + 0.5, tags: ['new', 'red'] })),
}

serve(() => decode(encode(order)).items.length)
