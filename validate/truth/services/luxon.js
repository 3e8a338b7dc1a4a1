import { require, serve } from '../serve.js'

const { DateTime } = require('luxon')

serve(() => {
  let text = ''
  for (let at = 0; at < 10; at++) {
    const time = DateTime.fromISO('2026-03-04T05:06:07Z', { zone: 'Europe/Berlin' })
    text = time.plus({ days: at }).startOf('day').toFormat('yyyy-MM-dd HH:mm')
  }
  return text
})
