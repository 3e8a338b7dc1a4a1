import { require, serve } from '../serve.js'

const { trim } = require('lodash')
const words = Array.from({ length: 40 }, (_, at) => `${' '.repeat(at)}word ${at}${' '.repeat(at)}`)

serve(() => words.reduce((sum, word) => sum + trim(word).length, 0))
