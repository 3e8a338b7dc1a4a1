/** Real versions of packages whose authors, or their users, say that one is faster than the other. */

export type Kind =
  | 'cache'
  | 'cookies'
  | 'crypto'
  | 'dates'
  | 'headers'
  | 'ids'
  | 'metrics'
  | 'parser'
  | 'router'
  | 'serialiser'
  | 'state'
  | 'templates'
  | 'text'
  | 'validator'
  | 'versions'

export interface Pair {
  package: string
  before: string
  after: string
  kind: Kind
  /** What has changed, and where it says so. */
  why: string
  /** Name of a file in `services/`, without its extension. */
  service: string
}

export const PAIRS: Pair[] = [
  {
    package: 'jsonwebtoken',
    before: '8.5.1',
    after: '9.0.2',
    kind: 'crypto',
    why: 'A key object is made from the secret for every token, with createPublicKey tried first (verify.js of 9.0).',
    service: 'jsonwebtoken',
  },
  {
    package: 'zod',
    before: '3.25.76',
    after: '4.1.0',
    kind: 'validator',
    why: 'Version 4 compiles the checks of an object (its release notes).',
    service: 'zod',
  },
  {
    package: '@koa/router',
    before: '13.1.0',
    after: '13.1.1',
    kind: 'router',
    why: 'It logs through debug instead of util.debuglog (its dependencies and sources).',
    service: 'koa-router',
  },
  {
    package: 'prom-client',
    before: '11.1.1',
    after: '11.1.3',
    kind: 'metrics',
    why: 'Object.assign is avoided on hot paths (changelog, 11.1.3).',
    service: 'prom-client',
  },
  {
    package: 'cookie',
    before: '0.6.0',
    after: '0.7.0',
    kind: 'cookies',
    why: 'The loop over the header was rewritten (jshttp/cookie, index.js of 0.7.0).',
    service: 'cookie',
  },
  {
    package: 'uuid',
    before: '8.3.2',
    after: '9.0.1',
    kind: 'ids',
    why: "Node's crypto.randomUUID is used where there is one (uuidjs/uuid, pull request 600).",
    service: 'uuid',
  },
  {
    package: 'luxon',
    before: '3.4.4',
    after: '3.5.0',
    kind: 'dates',
    why: 'Offsets of time zones are guessed from a cache, and not computed twice (moment/luxon, pull requests 1576 and 1579).',
    service: 'luxon',
  },
  {
    package: 'immer',
    before: '10.1.1',
    after: '10.2.0',
    kind: 'state',
    why: 'Plain objects are recognised by their prototype first, and constructors remembered (sources, utils/common.ts).',
    service: 'immer',
  },
  {
    package: 'dayjs',
    before: '1.11.8',
    after: '1.11.9',
    kind: 'dates',
    why: 'The method format was optimised (changelog, 1.11.9, pull request 2313).',
    service: 'dayjs',
  },
  {
    package: 'qs',
    before: '6.12.0',
    after: '6.12.1',
    kind: 'serialiser',
    why: 'Long texts are encoded in parts, with less memory (changelog, 6.12.1, pull request 502).',
    service: 'qs',
  },
  {
    package: 'handlebars',
    before: '4.5.3',
    after: '4.6.0',
    kind: 'templates',
    why: 'Every property is looked up under control of access to prototypes (release notes, 4.6.0, pull request 1633).',
    service: 'handlebars',
  },
  {
    package: 'ejs',
    before: '3.1.9',
    after: '3.1.10',
    kind: 'templates',
    why: 'The data of a page is copied without what it inherits (sources, hasOwnOnlyObject in utils.js).',
    service: 'ejs',
  },
  {
    package: 'semver',
    before: '7.5.1',
    after: '7.5.2',
    kind: 'versions',
    why: 'White space in a range is reduced before anything else, against slow expressions (sources, classes/range.js).',
    service: 'semver',
  },
  {
    package: 'etag',
    before: '1.7.0',
    after: '1.8.0',
    kind: 'headers',
    why: 'SHA1 replaces MD5, for larger entities (changelog, 1.8.0).',
    service: 'etag',
  },
  {
    package: 'negotiator',
    before: '0.6.0',
    after: '0.6.1',
    kind: 'headers',
    why: 'All four headers are parsed faster (changelog, 0.6.1).',
    service: 'negotiator',
  },
  {
    package: 'vary',
    before: '1.1.1',
    after: '1.1.2',
    kind: 'headers',
    why: 'A loop over characters replaces a regular expression (changelog, 1.1.2).',
    service: 'vary',
  },
  {
    package: 'fresh',
    before: '0.5.0',
    after: '0.5.2',
    kind: 'headers',
    why: 'The tokens of If-None-Match are parsed faster (changelog, 0.5.1 and 0.5.2).',
    service: 'fresh',
  },
  {
    package: 'lodash',
    before: '4.17.20',
    after: '4.17.21',
    kind: 'text',
    why: 'The method trim looks for the end in a loop, no longer with a regular expression (sources, _baseTrim.js).',
    service: 'lodash',
  },
  {
    package: 'papaparse',
    before: '5.4.1',
    after: '5.5.2',
    kind: 'parser',
    why: 'Duplicate headers are found with a map, and parsed only once (changelog, 5.5.0 and 5.5.2).',
    service: 'papaparse',
  },
  {
    package: 'lru-cache',
    before: '6.0.0',
    after: '7.18.3',
    kind: 'cache',
    why: 'Arrays of indices replace the linked list of objects (sources, index.js of 7).',
    service: 'lru-cache',
  },
]
