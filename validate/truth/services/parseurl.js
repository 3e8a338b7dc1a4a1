import { require, serve } from '../serve.js'

const parseurl = require('parseurl')

serve(() => parseurl({ url: '/shops/17/items?sort=price&page=2' }).pathname)
