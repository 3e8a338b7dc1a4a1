import { require, serve } from '../serve.js'

const qs = require('qs')
const filter = {
  user: 'Ann Müller',
  tags: ['new & red', 'old/blue'],
  text: 'a longer text, with spaces. '.repeat(80),
}

serve(() => qs.stringify(filter).length)
