/** Two versions of packages of different kinds: small and large steps, CommonJS and modules, written and minified. */

export interface Pair {
  package: string
  before: string
  after: string
  /** What is loaded instead of the package's own entry. */
  entry?: string
}

const pair = (name: string, before: string, after: string, entry?: string): Pair => ({
  package: name,
  before,
  after,
  entry,
})

export const PAIRS: Pair[] = [
  pair('jsonwebtoken', '8.5.1', '9.0.2'),
  pair('prom-client', '11.1.1', '11.1.3'),
  pair('dayjs', '1.11.8', '1.11.13'),
  pair('@koa/router', '13.1.0', '13.1.1'),
  pair('handlebars', '4.7.6', '4.7.8', 'handlebars/dist/handlebars.min.js'),
  pair('zod', '3.25.76', '4.1.0'),
  pair('express', '4.17.3', '4.21.2'),
  pair('fastify', '5.0.0', '5.6.0'),
  pair('ajv', '8.12.0', '8.17.1'),
  pair('pino', '8.21.0', '9.6.0'),
  pair('lodash', '4.17.15', '4.17.21'),
  pair('semver', '7.3.8', '7.6.3'),
  pair('qs', '6.11.0', '6.13.0'),
  pair('uuid', '8.3.2', '9.0.1'),
  pair('ejs', '3.1.6', '3.1.10'),
  pair('luxon', '2.5.2', '3.5.0'),
  pair('immer', '9.0.21', '10.1.1'),
  pair('fast-xml-parser', '4.0.0', '4.5.0'),
  pair('lru-cache', '7.18.3', '10.4.3'),
  pair('undici', '6.0.0', '6.21.0'),
]
