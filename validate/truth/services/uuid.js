import { require, serve } from '../serve.js'

const { v4 } = require('uuid')

serve(() => {
  let length = 0
  for (let at = 0; at < 40; at++) length += v4().length
  return length
})
