/** A line of a file with columns of fixed width, as a record. */
import { require, serve } from '../serve.js'

const { trim } = require('lodash')
const COLUMNS = 6
const WIDTH = 18
const line = Array.from({ length: COLUMNS }, (_, at) => `value ${at}`.padEnd(WIDTH)).join('')

serve(() => {
  const record = {}
  for (let at = 0; at < COLUMNS; at++) record[at] = trim(line.slice(at * WIDTH, (at + 1) * WIDTH))
  return JSON.stringify(record).length
})
