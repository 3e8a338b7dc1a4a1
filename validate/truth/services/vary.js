import { require, serve } from '../serve.js'

const vary = require('vary')

serve(() => vary.append('Accept, User-Agent', 'Origin, Accept-Encoding'))
