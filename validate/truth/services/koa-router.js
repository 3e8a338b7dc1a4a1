/** An API of fifty routes. */
import Koa from 'koa'
import { answerOf, listen, require } from '../serve.js'

const Router = require('@koa/router')
const router = new Router()
const answer = context => {
  context.body = answerOf(context.params.id ?? 'home')
}
router.get('/', answer)
for (const name of 'users orders items carts shops prices images labels reviews returns'.split(' '))
  router
    .get(`/${name}`, answer)
    .post(`/${name}`, answer)
    .get(`/${name}/:id`, answer)
    .put(`/${name}/:id`, answer)
    .del(`/${name}/:id`, answer)

listen(new Koa().use(router.routes()).use(router.allowedMethods()).callback())
