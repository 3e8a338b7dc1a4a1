/** A table in columns, as a report in plain text has. */
import { require, serve } from '../serve.js'

const { default: width } = require('string-width')
const rows = [
  ['order 1', 'Müller & Söhne'],
  ['order 2', 'Ann Lee'],
]

serve(() => [0, 1].map(column => Math.max(...rows.map(row => width(row[column])))).join())
