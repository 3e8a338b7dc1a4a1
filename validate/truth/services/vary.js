/** Ten headers that the answer depends on, appended one by one, as middleware does. */
import { require, serve } from '../serve.js'

const vary = require('vary')
const HEADERS = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Origin',
  'Cookie',
  'Authorization',
  'User-Agent',
  'Save-Data',
  'DPR',
  'Width',
]

serve(() => {
  let value = ''
  for (const header of HEADERS) value = vary.append(value, header)
  return value.length
})
