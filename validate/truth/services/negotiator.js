import { require, serve } from '../serve.js'

const Negotiator = require('negotiator')
const headers = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br;q=0.9, zstd',
  'accept-language': 'de-DE,de;q=0.9,en-GB;q=0.8,en;q=0.7',
}

serve(() => {
  const negotiator = new Negotiator({ headers })
  const type = negotiator.mediaType(['application/json', 'text/html'])
  return `${type} ${negotiator.encoding(['gzip', 'br'])} ${negotiator.language(['en', 'de'])}`
})
