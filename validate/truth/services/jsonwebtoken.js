import { require, serve } from '../serve.js'

const jwt = require('jsonwebtoken')
const SECRET = 'a secret of thirty-two characters'
const token = jwt.sign({ sub: 'user-17', role: 'editor', iat: 1_700_000_000 }, SECRET)

serve(() => jwt.verify(token, SECRET, { algorithms: ['HS256'] }).sub)
