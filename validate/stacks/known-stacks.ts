/** Projects as people begin them, each with a function `total` that a regression is planted in. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Stack {
  name: string
  /** Commands that make the project in a folder called `shop`, run beside it; none where its files are written by hand. */
  starter?: string[][]
  /** What is installed, and what only for development. */
  packages?: string[]
  development?: string[]
  /** What installs them; default: npm. */
  manager?: 'yarn'
  /** Added to the starter's files, or instead of them. */
  files: Record<string, string>
  /** The file with `total`. */
  source: string
  /** Whether the build puts `total` where it is called, so that only the place of the call is left to be named. */
  isInlined?: boolean
  /** Whether its build keeps no way back to the source, so that a function is found in what it wrote. */
  isUnmapped?: boolean
  /** Whether it does not run on Node, so that no function can be named. */
  isForeign?: boolean
}

/** What every project computes for a request. */
const totalOf = (
  type: string,
) => `const items = Array.from({ length: 50 }, (_, at) => ({ price: at, count: 2 }))

function total(items${type}) {
  let sum = 0
  for (const { price, count } of items) sum += price * count
  return sum
}
`

/** The regression. */
export const PLANTED = {
  before: 'let sum = 0\n',
  after: 'let sum = 0\n  for (let i = 0; i < 30_000; i++) sum += Math.sqrt(i) % 1\n',
}

/** A source below `sources/`: a text, because none of its packages is installed here. */
function textOf(path: string): string {
  const text = readFileSync(join(import.meta.dirname, 'sources', `${path}.txt`), 'utf8')
  return text.replace(
    '{{total}}\n',
    totalOf(/\.tsx?$/.test(path) ? ': { price: number; count: number }[]' : ''),
  )
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`

const manifest = (scripts: Record<string, string>, type?: 'module') =>
  json({ name: 'shop', private: true, ...(type && { type }), scripts })

const compilerOptions = {
  module: 'nodenext',
  target: 'es2023',
  sourceMap: true,
  outDir: 'dist',
  strict: true,
  skipLibCheck: true,
}

/** A service of one file of JavaScript. */
const javascript = (name: string, folder: string, packages: string[], type?: 'module'): Stack => ({
  name,
  packages,
  files: {
    'package.json': manifest({ start: 'node index.js' }, type),
    'index.js': textOf(`${folder}/index.js`),
  },
  source: 'index.js',
})

/** A service of one file of TypeScript. @param scripts that build and start it */
const typescript = (
  name: string,
  folder: string,
  packages: string[],
  scripts: Record<string, string>,
  development: string[] = [],
): Stack => ({
  name,
  packages,
  development: ['typescript@5', 'tsx', '@types/node', ...development],
  files: {
    'package.json': manifest(scripts, 'module'),
    'tsconfig.json': json({ compilerOptions, include: ['src'] }),
    'src/index.ts': textOf(`${folder}/index.ts`),
  },
  source: 'src/index.ts',
})

const BY_TSX = { start: 'tsx src/index.ts' }
const BY_TSC = { build: 'tsc', start: 'node dist/index.js' }
const BUNDLED = {
  build: 'esbuild src/index.ts --bundle --minify --platform=node --sourcemap --outfile=dist/index.cjs',
  start: 'node dist/index.cjs',
}

/** A starter's project with some of its files replaced. */
const started = (
  name: string,
  command: string,
  files: Record<string, string>,
  packages: string[] = [],
): Stack => ({
  name,
  starter: [['npx', '--yes', ...command.split(' ')]],
  packages,
  files,
  source: Object.keys(files)[0]!,
})

const NEST = '@nestjs/cli@11 new shop --package-manager npm --skip-git --strict'
const NEST_SERVICE = { 'src/app.service.ts': textOf('nest/app.service.ts') }
const NEXT =
  'create-next-app@latest shop --js --app --no-tailwind --no-linter --no-src-dir --import-alias @/* --use-npm --disable-git --yes'

/** A service of one file that another runtime runs. */
const foreign = (name: string, folder: string, start: string): Stack => ({
  name,
  packages: [folder],
  files: { 'package.json': manifest({ start }, 'module'), 'index.ts': textOf(`${folder}/index.ts`) },
  source: 'index.ts',
  isForeign: true,
})

/** Its packages want each other in exactly the same version, and are not published at the same moment. */
const ROUTER = '7.18.4'

const REACT_ROUTER: Stack = {
  name: 'React Router, server-rendered',
  packages: [
    'react@19',
    'react-dom@19',
    'isbot',
    ...['@react-router/node', '@react-router/serve', 'react-router'].map(name => `${name}@${ROUTER}`),
  ],
  development: [`@react-router/dev@${ROUTER}`, 'vite@7', 'typescript@5', '@types/node', '@types/react'],
  files: {
    'package.json': manifest(
      { build: 'react-router build', start: 'react-router-serve ./build/server/index.js' },
      'module',
    ),
    'vite.config.ts': textOf('react-router/vite.config.ts'),
    'app/root.tsx': textOf('react-router/root.tsx'),
    'app/routes.ts': textOf('react-router/routes.ts'),
    'app/routes/home.tsx': textOf('react-router/home.tsx'),
  },
  source: 'app/routes/home.tsx',
}

/** npm has its templates, too. */
const SVELTEKIT = 'sv@latest create shop --template minimal --types jsdoc --no-add-ons --no-install'

const NITRO: Stack = {
  name: 'Nitro',
  packages: ['nitropack@2'],
  files: {
    'package.json': manifest({ build: 'nitro build', preview: 'node .output/server/index.mjs' }, 'module'),
    'routes/total.js': textOf('nitro/total.js'),
  },
  source: 'routes/total.js',
}

export const STACKS: Stack[] = [
  javascript('express 4, CommonJS, a fixed port', 'express-4', ['express@4']),
  started('express 4, express-generator', 'express-generator@4 --no-view shop', {
    'routes/users.js': textOf('express-generator/users.js'),
  }),
  typescript('express 5, compiled by tsc', 'express-5', ['express@5'], BY_TSC, ['@types/express']),
  started('fastify, fastify-cli', 'fastify-cli@7 generate shop --esm', {
    'routes/root.js': textOf('fastify/root.js'),
  }),
  javascript('koa', 'koa', ['koa@3', '@koa/router@14'], 'module'),
  typescript('hono, TypeScript by tsx', 'hono', ['hono@4', '@hono/node-server'], BY_TSX),
  started('NestJS on express', NEST, NEST_SERVICE),
  started('NestJS on fastify', NEST, { ...NEST_SERVICE, 'src/main.ts': textOf('nest-fastify/main.ts') }, [
    '@nestjs/platform-fastify@11',
  ]),
  {
    ...started('Next.js, a route handler', NEXT, {
      'app/api/total/route.js': textOf('next/route.js'),
      // The starter's own fetches fonts while it is built.
      'app/layout.js': textOf('next/layout.js'),
    }),
    isInlined: true,
  },
  typescript('tRPC, TypeScript by tsx', 'trpc', ['@trpc/server@11'], BY_TSX),
  javascript('GraphQL Yoga', 'yoga', ['graphql@16', 'graphql-yoga@5'], 'module'),
  javascript('Apollo Server', 'apollo', ['graphql@16', '@apollo/server@5'], 'module'),
  javascript('hapi', 'hapi', ['@hapi/hapi@21']),
  javascript('a cluster', 'cluster', [], 'module'),
  typescript('TypeScript bundled by esbuild, minified', 'bundled', ['fastify@5'], BUNDLED, ['esbuild']),
  typescript('Elysia on Node', 'elysia', ['elysia@1', '@elysiajs/node'], BY_TSX),
  REACT_ROUTER,
  foreign('Bun', 'bun', 'bun index.ts'),
  foreign('Deno', 'deno', 'deno run --allow-net --allow-env index.ts'),
  {
    ...started(
      'SvelteKit',
      SVELTEKIT,
      {
        'src/routes/api/total/+server.js': textOf('sveltekit/+server.js'),
        // The template's adapter makes no server.
        'vite.config.js': textOf('sveltekit/vite.config.js'),
      },
      ['@sveltejs/adapter-node@5'],
    ),
    isUnmapped: true,
  },
  NITRO,
  { ...javascript('fastify, Yarn with Plug’n’Play', 'pnp', ['fastify@5'], 'module'), manager: 'yarn' },
]

/** Those of a quick run. */
export const QUICK = ['express 4, CommonJS, a fixed port']
