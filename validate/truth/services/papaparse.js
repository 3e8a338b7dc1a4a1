import { require, serve } from '../serve.js'

const Papa = require('papaparse')
const rows = Array.from({ length: 60 }, (_, at) => `${at},name ${at},${at * 1.5},"quoted, ${at}"`)
const text = `id,name,price,note\n${rows.join('\n')}`

serve(() => Papa.parse(text, { header: true, dynamicTyping: true }).data.length)
