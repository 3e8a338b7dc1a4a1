import { require, serve } from '../serve.js'

const pino = require('pino')
const log = pino(pino.destination('/dev/null'))

serve(() => {
  for (let at = 0; at < 5; at++)
    log.child({ request: at }).info({ user: 'ann', item: at }, 'answered in %d ms', at)
  return 'logged'
})
