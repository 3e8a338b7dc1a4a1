/** Twenty headers that the answer depends on, appended one by one, as middleware does. */
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
  'RTT',
  'Downlink',
  'Viewport-Width',
  'Accept-CH',
  'X-Tenant',
  'X-Locale',
  'X-Currency',
  'X-Device',
  'X-Variant',
  'X-Region',
]

serve(() => {
  let value = ''
  for (const header of HEADERS) value = vary.append(value, header)
  return value.length
})
