import { require, serve } from '../serve.js'

const { XMLParser } = require('fast-xml-parser')
const items = Array.from(
  { length: 15 },
  (_, at) => `<item id="${at}"><name>a &amp; b ${at}</name><price>${at}.5</price></item>`,
)
const text = `<order>${items.join('')}</order>`
const parser = new XMLParser({ ignoreAttributes: false })

serve(() => parser.parse(text).order.item.length)
