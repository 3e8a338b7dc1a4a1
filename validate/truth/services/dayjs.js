import { require, serve } from '../serve.js'

const dayjs = require('dayjs')

serve(() => {
  let text = ''
  for (let at = 0; at < 5; at++)
    text = dayjs(1_700_000_000_000 + at * 86_400_000).format('YYYY-MM-DD HH:mm:ss')
  return text
})
