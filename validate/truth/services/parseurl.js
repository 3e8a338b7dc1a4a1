/** A batch of a hundred requests in one, each with a URL of its own. */
import { require, serve } from '../serve.js'

const parseurl = require('parseurl')
const urls = Array.from({ length: 100 }, (_, at) => `/shops/${at}/items?sort=price&page=${at}`)

serve(() => {
  let length = 0
  for (const url of urls) length += parseurl({ url }).pathname.length
  return length
})
