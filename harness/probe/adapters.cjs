/** Middleware that leaves the pattern of the route on the request. They do nothing else: requests are counted without them. */
const { ROUTE } = require('./routes.cjs')

/** With HTTP/2, requests are streams. */
const leave = (request, pattern) => {
  const asked = request.stream ?? request
  asked[ROUTE] = pattern
}

/** `app.use(flame.express())` is allowed, but not needed: Express leaves the pattern on the request by itself. */
const express = () => (_request, _response, next) => next()

/** `app.register(flame.fastify())` */
function fastify() {
  const plugin = async app => {
    app.addHook('onRequest', async request => {
      const { url } = request.routeOptions ?? {}
      if (url !== undefined) leave(request.raw, url)
    })
  }
  // As `fastify-plugin` does: the hook is for the whole application and not for a part of it.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}

/** `app.use(flame.koa())`. `@koa/router` says the pattern when it has found the route. */
const koa = () => async (context, next) => {
  try {
    await next()
  } finally {
    const pattern = context.routerPath ?? context._matchedRoute
    if (typeof pattern === 'string') leave(context.req, pattern)
  }
}

/** `app.use(flame.hono())`, on Node: `@hono/node-server` keeps Node’s request as `env.incoming`. */
const hono = () => async (context, next) => {
  await next()
  const { incoming } = context.env ?? {}
  if (incoming) leave(incoming, patternOfHono(context))
}

/** Every middleware has a route too: the last one is the handler. */
function patternOfHono({ req }) {
  const routes = req.matchedRoutes
  return routes?.at(-1)?.path ?? req.routePath
}

module.exports = { express, fastify, koa, hono }
