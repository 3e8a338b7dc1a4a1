import { require, serve } from '../serve.js'

const fresh = require('fresh')
const request = { 'if-none-match': '"one", "two", W/"three"' }

serve(() => fresh(request, { etag: '"three"' }))
