import { require, serve } from '../serve.js'

const qs = require('qs')
const filter = {
  user: 'ann',
  tags: ['new', 'red'],
  range: { from: 1, to: 20 },
  sort: { by: 'price', down: true },
}

serve(() => qs.stringify(filter).length)
