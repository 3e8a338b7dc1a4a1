import { require, serve } from '../serve.js'

const { sign, unsign } = require('cookie-signature')
const value = sign('session-17', 'a secret of thirty-two characters')

serve(() => unsign(value, 'a secret of thirty-two characters'))
