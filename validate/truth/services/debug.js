/** A logger that is switched off, as in production. */
import { require, serve } from '../serve.js'

const debug = require('debug')
const logs = ['http', 'router', 'database', 'cache', 'view'].map(name => debug(`shop:${name}`))

serve(() => {
  for (let at = 0; at < 20; at++) logs[at % 5]('step %d of %s', at, 'request')
  return 'logged'
})
