/** The router alone, with a context of its own: koa is not among its dependencies. */
import { require, serve } from '../serve.js'

const Router = require('@koa/router')
const router = new Router()
for (const name of ['users', 'orders', 'items', 'carts', 'shops'])
  router
    .get(`/${name}`, context => {
      context.body = name
    })
    .get(`/${name}/:id`, context => {
      context.body = context.params.id
    })
    .post(`/${name}/:id/notes`, context => {
      context.body = 'noted'
    })
const route = router.routes()

serve(() => {
  const context = { method: 'GET', path: '/shops/17', request: {}, body: '' }
  route(context, () => {})
  return context.body
})
