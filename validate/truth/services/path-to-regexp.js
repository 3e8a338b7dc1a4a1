import { require, serve } from '../serve.js'

const { match } = require('path-to-regexp')
const routes = ['/users', '/users/:id', '/shops/:shop/:item.:kind', '/:year-:month-:day/:slug'].map(path =>
  match(path),
)

serve(() => routes.map(route => (route('/2026-03-04/a-long-title-of-an-article') ? 1 : 0)).join())
