import { require, serve } from '../serve.js'

const { addDays, format, startOfDay } = require('date-fns')

serve(() => {
  let text = ''
  for (let at = 0; at < 10; at++)
    text = format(startOfDay(addDays(1_700_000_000_000, at)), 'yyyy-MM-dd HH:mm:ss')
  return text
})
