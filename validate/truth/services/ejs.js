import { require, serve } from '../serve.js'

const ejs = require('ejs')
const text = '<ul><% for (const item of items) { %><li><%= item.name %>: <%= item.price %></li><% } %></ul>'
const page = ejs.compile(text)
const items = Array.from({ length: 20 }, (_, at) => ({ name: `item <${at}>`, price: at }))

serve(() => page({ items }).length)
