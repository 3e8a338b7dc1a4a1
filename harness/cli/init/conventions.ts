/** Routes that no call names: decorators of classes, places of files, procedures, and GraphQL. */
import type { SourceFile } from './source-file.ts'

/** Paths that are answered to GET. */
export const routesByConvention = (files: SourceFile[]): string[] => [
  ...decorated(files),
  ...files.flatMap(placed),
  ...procedures(files),
]

/** NestJS: `@Get('list')` in a class with `@Controller('orders')`, under `setGlobalPrefix('api')`. */
function decorated(files: SourceFile[]): string[] {
  const global = files.flatMap(({ text }) => /\.setGlobalPrefix\(\s*['"`]([^'"`]+)/.exec(text)?.[1] ?? [])[0]
  return files
    .flatMap(({ text }) => text.split(/(?=@Controller\()/))
    .filter(text => text.startsWith('@Controller('))
    .flatMap(text => {
      const prefix = CONTROLLER.exec(text)?.slice(1).find(Boolean)
      const own = [...text.matchAll(/@Get\(\s*(?:['"`]([^'"`]*)['"`])?\s*\)/g)].map(([, path]) => path)
      return own.map(path => pathOf(global, prefix, path))
    })
}

const CONTROLLER = /^@Controller\(\s*(?:\{[^}]*?\bpath\s*:\s*['"`]([^'"`]*)|['"`]([^'"`]*))?/

/**
 * Next.js: `app/api/orders/route.js` and `pages/api/orders.js`, which Astro has too. SvelteKit: `src/routes/orders/+server.js`. Nuxt and
 * Nitro: `server/api/orders.get.js` and `server/routes/orders.js`, with or without the folder `server`. A folder in parentheses is not
 * part of the path.
 */
function placed({ path, text }: SourceFile): string[] {
  const handler = /^(?:(?:src\/)?app\/(.*?)\/?route|src\/routes\/(.*?)\/?\+server)\.[jt]sx?$/.exec(path)
  if (handler && /export\s+(?:async\s+)?(?:function|const)\s+GET\b/.test(text)) {
    const folders = (handler[1] ?? handler[2]!).split('/')
    return [pathOf(...folders.filter(part => !/^\(.*\)$/.test(part)))]
  }
  const page = /^(?:src\/)?pages\/(api\/.*?)(?:\/index)?\.[jt]sx?$/.exec(path)?.[1]
  if (page !== undefined) return [pathOf(page)]
  const file = /^(?:server\/)?(?:routes\/(.*)|(api\/.*))\.[cm]?[jt]s$/.exec(path)
  if (!file || !/\b(?:eventHandler|define\w*Handler)\(/.test(text)) return []
  const [, method] = /\.(get|post|put|patch|delete|head|options)$/.exec(file[1] ?? file[2]!) ?? []
  if (method !== undefined && method !== 'get') return []
  return [pathOf((file[1] ?? file[2]!).replace(/\.get$/, '').replace(/(^|\/)index$/, ''))]
}

/** tRPC: queries without an input, such as `total: publicProcedure.query(`. */
function procedures(files: SourceFile[]): string[] {
  const own = files.filter(({ text }) => text.includes('@trpc/server'))
  const prefix = files.flatMap(({ text }) => TRPC_PREFIX.exec(text)?.slice(1).find(Boolean) ?? [])[0]
  const names = own.flatMap(({ text }) => [...text.matchAll(QUERY)].map(([, name]) => name!))
  return names.map(name => pathOf(prefix, name))
}

const QUERY = /\b(\w+)\s*:\s*[\w$.]*[pP]rocedure(?:\s*\.(?:output|meta|use)\([^()]*\))*\s*\.query\(/g

const TRPC_PREFIX =
  /\.use\(\s*['"`](\/[^'"`*]*)(?:\/\*)?['"`]\s*,[^;]*?(?:createExpressMiddleware|trpcServer)\(|fastifyTRPCPlugin\s*,\s*\{[^}]*?prefix\s*:\s*['"`](\/[^'"`]*)|basePath\s*:\s*['"`](\/[^'"`]*)/

const pathOf = (...parts: (string | undefined)[]): string =>
  `/${parts
    .flatMap(part => part?.split('/') ?? [])
    .filter(part => part !== '')
    .join('/')}`

/** Servers of GraphQL by their package, and the path that each has unless told otherwise. */
const GRAPHQL = {
  'graphql-yoga': '/graphql',
  mercurius: '/graphql',
  '@nestjs/graphql': '/graphql',
  'graphql-http': '/graphql',
  'apollo-server-express': '/graphql',
  'apollo-server': '/',
  '@apollo/server': '/graphql',
}

export interface GraphqlQuery {
  path: string
  query: string
}

/** @param used packages of the manifest */
export function graphqlOf(files: SourceFile[], used: object): GraphqlQuery | undefined {
  const server = Object.entries(GRAPHQL).find(([name]) => Object.hasOwn(used, name))
  if (!server) return undefined
  const isAlone = files.some(({ text }) => /@apollo\/server\/standalone/.test(text))
  const field = files.flatMap(({ text }) => fieldsIn(text))[0]
  return { path: isAlone ? '/' : server[1], query: field === undefined ? '{ __typename }' : `{ ${field} }` }
}

/** Fields of `Query` that can be asked for without arguments and have none of their own. */
function fieldsIn(text: string): string[] {
  const body = /\btype\s+Query\s*\{([^}]*)\}/.exec(text)?.[1] ?? ''
  const fields = body.matchAll(/\b(\w+)\s*(?:\(([^)]*)\))?\s*:\s*\[?(\w+)/g)
  return [...fields].flatMap(([, name, args = '', type]) =>
    LEAVES.has(type!) && !args.includes('!') ? [name!] : [],
  )
}

const LEAVES = new Set(['Int', 'Float', 'String', 'Boolean', 'ID'])
