/** What is read from scripts and sources. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { graphqlOf } from '../../../harness/cli/init/conventions.ts'
import { findRoutes } from '../../../harness/cli/init/routes.ts'
import { readStart, words } from '../../../harness/cli/init/start.ts'

describe('how a service is started', () => {
  test.each([
    ['node server.js', undefined, ['node', 'server.js'], {}],
    [
      'NODE_ENV=production node --enable-source-maps "src/my server.js"',
      undefined,
      ['node', '--enable-source-maps', 'src/my server.js'],
      { NODE_ENV: 'production' },
    ],
    ['cross-env A=1 node x.js', undefined, ['node', 'x.js'], { A: '1' }],
    ['env A=1 node x.js', undefined, ['node', 'x.js'], { A: '1' }],
    ['env -i node x.js', undefined, ['npm', 'run', '--silent', 'start'], {}],
    ['exec node x.js', undefined, ['node', 'x.js'], {}],
    ['bash start.sh', undefined, ['bash', 'start.sh'], {}],
    ['cd api && node server.js', undefined, ['npm', 'run', '--silent', 'start'], {}],
    ['export A=1 && node server.js', undefined, ['npm', 'run', '--silent', 'start'], {}],
    ['tsx src/index.ts', undefined, ['node', '--import', 'tsx', 'src/index.ts'], {}],
    ['node server.js --port $PORT', undefined, ['npm', 'run', '--silent', 'start'], {}],
    [undefined, 'src/app.js', ['node', 'src/app.js'], {}],
    ['node --watch server.js', undefined, ['node', 'server.js'], {}],
    ['PORT=3000 A=1 node server.js', undefined, ['node', 'server.js'], { A: '1' }],
    [
      'tsx watch --env-file=.env src/index.ts',
      undefined,
      ['node_modules/.bin/tsx', 'watch', '--env-file=.env', 'src/index.ts'],
      {},
    ],
    ['nodemon server.js', undefined, ['node', 'server.js'], {}],
    [
      'fastify start -l info app.js',
      undefined,
      ['node_modules/.bin/fastify', 'start', '-l', 'info', 'app.js'],
      {},
    ],
  ])('%j with entry %j', (script, entry, command, environment) => {
    expect(readStart(script, entry)).toEqual({ command, environment })
  })

  test.each([
    ['npm run build && node dist/server.js', ['npm', 'run', 'build']],
    ['pnpm build && node dist/server.js', ['pnpm', 'build']],
    [
      'npm run build --workspace lib && A=1 node dist/server.js',
      ['npm', 'run', 'build', '--workspace', 'lib'],
    ],
    ['tsc && node dist/server.js', ['npx', '-c', 'tsc']],
    ['rimraf dist && tsc -p . && node dist/server.js', ['npx', '-c', 'rimraf dist && tsc -p .']],
  ])('%s is built before it is started', (script, build) => {
    expect(readStart(script, undefined)).toMatchObject({ command: ['node', 'dist/server.js'], build })
  })

  test('without a script or a file, it is unknown', () =>
    expect(readStart(undefined, undefined)).toBeUndefined())

  test('spaces separate words without quotes', () => {
    const word = fc.stringMatching(/^[^\s"']+$/)
    fc.assert(
      fc.property(fc.array(word), all => {
        expect(words(all.join(' '))).toEqual(all)
      }),
    )
  })
})

const routesOf = (text: string) => findRoutes([{ path: 'server.js', text }])

describe('its routes', () => {
  test.each([
    [
      'fastify',
      `app.get('/orders', handler); app.route({ method: 'GET', url: "/products" })`,
      ['/orders', '/products'],
    ],
    ['express', 'router.get("/a", (req, res) => {}); app.get(`/b`, x)', ['/a', '/b']],
    ['koa', `router.get('/list', ctx => {})`, ['/list']],
    ['hono', `app.get('/hello', c => c.text('hi'))`, ['/hello']],
    ['a plain server', `if (request.url === '/x') return; if (url.pathname === '/y') return`, ['/x', '/y']],
    ['calls in a chain', `new Elysia().get('/', () => 1)\n  .get('/b', h).listen(3000)`, ['/', '/b']],
    ['parameters', `app.get('/users/:id', h); app.get('/files/*', h); app.get('/u', h)`, ['/u']],
    ['other calls', `map.get('key'); headers.get('accept')`, []],
  ])('%s', (_, source, routes) => {
    expect(routesOf(source)).toEqual({ routes })
  })

  test.each<[string, Record<string, string>, string[]]>([
    [
      'express, required in place',
      {
        'index.js': `app.use('/api', require('./routes/orders'))`,
        'routes/orders.js': `router.get('/orders', h)`,
      },
      ['/api/orders'],
    ],
    [
      'express, imported, behind a middleware',
      {
        'src/app.ts': `import { users } from './users.js'\napp.use('/users', auth, users)\napp.get('/', h)`,
        'src/users.ts': `users.get('/', h); users.get('/active', h)`,
      },
      ['/', '/users', '/users/active'],
    ],
    [
      'express, in one file',
      { 'a.js': `const api = Router()\napi.get('/x', h)\napp.use('/v1', api)\napp.get('/y', h)` },
      ['/v1/x', '/y'],
    ],
    [
      'fastify',
      {
        'server.js': `import orders from './orders.js'\napp.register(orders, { prefix: '/v1' })`,
        'orders.js': `app.get('/orders', h)`,
      },
      ['/v1/orders'],
    ],
    [
      'koa',
      { 'a.js': `const router = new Router({ prefix: '/api' })\nrouter.get('/list', h)` },
      ['/api/list'],
    ],
    [
      'hono',
      {
        'a.ts': `import books from './books'\nconst app = new Hono().basePath('/api')\napp.route('/books', books)`,
        'books/index.ts': `books.get('/', h)`,
      },
      ['/books'],
    ],
    [
      'NestJS',
      {
        'src/main.ts': `app.setGlobalPrefix('api')`,
        'src/a.ts': `@Controller()\nclass A { @Get() a() {} }\n@Controller({ path: 'cats' })\nclass B { @Get('all') b() {} @Get(':id') c() {} @Post('new') d() {} }`,
        'src/b.ts': `@Controller('/dogs')\nclass B { @Get() b() {} }`,
      },
      ['/api', '/api/cats/all', '/api/dogs'],
    ],
    [
      'Next.js',
      {
        'app/api/orders/route.ts': 'export async function GET() {}',
        'src/app/(shop)/cart/route.js': 'export const GET = () => {}',
        'app/api/sign-in/route.js': 'export async function POST() {}',
        'app/api/[id]/route.js': 'export function GET() {}',
        'pages/api/list/index.js': '',
      },
      ['/api/orders', '/cart', '/api/list'],
    ],
    [
      'LoopBack, without the pages that describe it',
      {
        'a.ts': `class A { @get('/orders', { responses: {} }) orders() {} }`,
        'b.ts': `this.configure(X).to({ path: '/explorer' })\napp.use('/api-docs', ui)\napp.get('/openapi.json', f)`,
      },
      ['/orders'],
    ],
    [
      'SvelteKit',
      {
        'src/routes/api/total/+server.ts': 'export const GET = () => json(1)',
        'src/routes/(shop)/cart/+server.js': 'export async function GET() {}',
        'src/routes/login/+server.js': 'export const POST = () => {}',
      },
      ['/api/total', '/cart'],
    ],
    [
      'Nuxt and Nitro',
      {
        'server/api/orders.get.ts': 'export default defineEventHandler(() => 1)',
        'server/api/orders.post.ts': 'export default defineEventHandler(() => 1)',
        'server/routes/feed/index.ts': 'export default cached(defineCachedEventHandler(() => 1))',
        'routes/total.js': 'export default eventHandler(() => 1)',
        'routes/users.js': 'module.exports = router',
      },
      ['/api/orders', '/feed', '/total'],
    ],
    [
      'tRPC, alone',
      {
        'a.ts': `import { initTRPC } from '@trpc/server'\nrouter({ total: t.procedure.query(() => 1), one: publicProcedure.input(z.string()).query(f), add: t.procedure.mutation(f) })`,
      },
      ['/total'],
    ],
    [
      'tRPC, under express',
      {
        'a.ts': `import { initTRPC } from '@trpc/server'\nconst r = t.router({ total: t.procedure.query(f) })\napp.use('/trpc', trpcExpress.createExpressMiddleware({ router: r }))`,
      },
      ['/trpc/total'],
    ],
    ['a switch', { 'a.js': `switch (url) { case '/x': return 1; case 'GET /y': return 2 }` }, ['/x', '/y']],
  ])('routes under a prefix: %s', (_, files, routes) => {
    const sources = Object.entries(files).map(([path, text]) => ({ path, text }))
    expect(findRoutes(sources)).toEqual({ routes })
  })

  test.each([
    [
      'graphql-yoga',
      'type Query { orders: [Order!]! total(shop: ID!): Int name: String }',
      '/graphql',
      '{ name }',
    ],
    [
      '@apollo/server',
      "import '@apollo/server/standalone'\ntype Query {\n  total: Int!\n}",
      '/',
      '{ total }',
    ],
    ['@apollo/server', 'type Query { orders: [Order] }', '/graphql', '{ __typename }'],
    ['@nestjs/graphql', '@Query(() => Int) total() {}', '/graphql', '{ __typename }'],
  ])('a query of %s: %j', (name, text, path, query) => {
    expect(graphqlOf([{ path: 'a.ts', text }], { [name]: '1' })).toEqual({ path, query })
  })

  test('without a server of GraphQL there is no query', () => {
    expect(
      graphqlOf([{ path: 'a.ts', text: 'type Query { total: Int }' }], { graphql: '16' }),
    ).toBeUndefined()
  })

  test('a health check is only used for readiness', () => {
    expect(routesOf(`app.get('/healthz', h); app.get('/', h)`)).toEqual({
      routes: ['/'],
      ready: '/healthz',
    })
  })
})
