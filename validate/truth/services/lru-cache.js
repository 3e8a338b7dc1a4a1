import { require, serve } from '../serve.js'

const Cache = require('lru-cache')
const cache = new Cache({ max: 500 })
let next = 0

serve(() => {
  let hits = 0
  for (let at = 0; at < 100; at++) {
    next = (next * 31 + 7) % 1009
    const key = `key-${next}`
    if (cache.get(key)) hits++
    else cache.set(key, at + 1)
  }
  return hits >= 0
})
