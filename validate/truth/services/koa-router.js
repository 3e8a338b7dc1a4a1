/** An API of two hundred routes. */
import Koa from 'koa'
import { answerOf, listen, require } from '../serve.js'

const Router = require('@koa/router')
const router = new Router()
const answer = context => {
  context.body = answerOf(context.params.id ?? 'home')
}
router.get('/', answer)
for (const shop of ['books', 'music', 'games', 'tools'])
  for (const name of 'users orders items carts prices images labels reviews returns vouchers'.split(' '))
    router
      .get(`/${shop}/${name}`, answer)
      .post(`/${shop}/${name}`, answer)
      .get(`/${shop}/${name}/:id`, answer)
      .put(`/${shop}/${name}/:id`, answer)
      .del(`/${shop}/${name}/:id`, answer)

listen(new Koa().use(router.routes()).use(router.allowedMethods()).callback())
