/** Real versions of packages of which one is faster than the other, with the reason. */

export const KINDS = [
  'crypto',
  'dates',
  'headers',
  'ids',
  'logger',
  'metrics',
  'parser',
  'router',
  'serialiser',
  'state',
  'templates',
  'text',
  'validator',
  'versions',
] as const

export interface Pair {
  package: string
  /** Exact versions. */
  before: string
  after: string
  kind: (typeof KINDS)[number]
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
    why: 'verify.js tries crypto.createPublicKey with every secret first (auth0/node-jsonwebtoken, issues 966 and 1046).',
    service: 'jsonwebtoken',
  },
  {
    package: 'zod',
    before: '3.25.76',
    after: '4.1.0',
    kind: 'validator',
    why: 'Version 4 is a rewrite that promises faster parsing (its release notes).',
    service: 'zod',
  },
  {
    package: '@koa/router',
    before: '13.1.0',
    after: '13.1.1',
    kind: 'router',
    why: 'Every route that is tried is logged through the package debug instead of util.debuglog (diff of lib/router.js).',
    service: 'koa-router',
  },
  {
    package: 'prom-client',
    before: '11.1.1',
    after: '11.1.3',
    kind: 'metrics',
    why: 'Object.assign and Array.concat are avoided on hot paths (changelog, 11.1.2 and 11.1.3).',
    service: 'prom-client',
  },
  {
    package: 'fast-xml-parser',
    before: '5.3.7',
    after: '5.5.9',
    kind: 'parser',
    why: 'Parsing has become 37 to 79 % slower (NaturalIntelligence/fast-xml-parser, issue 816).',
    service: 'fast-xml-parser',
  },
  {
    package: 'uuid',
    before: '8.3.2',
    after: '9.0.1',
    kind: 'ids',
    why: "Node's crypto.randomUUID is used where there is one (changelog, 9.0.0: optimize uuid.v4 by 4.3x).",
    service: 'uuid',
  },
  {
    package: 'handlebars',
    before: '4.2.1',
    after: '4.3.0',
    kind: 'templates',
    why: 'Partials are compiled again for every page (handlebars-lang/handlebars.js, issue 1598).',
    service: 'handlebars',
  },
  {
    package: 'immer',
    before: '10.1.1',
    after: '10.2.0',
    kind: 'state',
    why: 'Plain objects are recognised sooner, and what is frozen is not finalised again (immerjs/immer, pull request 1164).',
    service: 'immer',
  },
  {
    package: 'semver',
    before: '7.5.1',
    after: '7.5.2',
    kind: 'versions',
    why: 'White space is reduced before anything else, because of slow expressions (npm/node-semver, pull request 564).',
    service: 'semver',
  },
  {
    package: 'luxon',
    before: '3.4.4',
    after: '3.5.0',
    kind: 'dates',
    why: 'Various performance improvements (changelog, 3.5.0), among them cached offsets (moment/luxon, pull request 1579).',
    service: 'luxon',
  },
  {
    package: 'qs',
    before: '6.12.0',
    after: '6.12.1',
    kind: 'serialiser',
    why: 'Texts are encoded in parts, which is meant for large ones (changelog, 6.12.1, pull request 502).',
    service: 'qs',
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
    package: 'debug',
    before: '4.2.0',
    after: '4.3.0',
    kind: 'logger',
    why: 'Whether a name is enabled is decided at every call (debug-js/debug, pull request 799, which caches it in 4.3.2).',
    service: 'debug',
  },
  {
    package: 'etag',
    before: '1.7.0',
    after: '1.8.0',
    kind: 'headers',
    why: 'SHA1 replaces MD5, which improves performance for larger entities (changelog, 1.8.0).',
    service: 'etag',
  },
  {
    package: 'lodash',
    before: '4.17.20',
    after: '4.17.21',
    kind: 'text',
    why: 'The method trim finds the end in a loop, which is meant for large texts (lodash/lodash, pull request 5065).',
    service: 'lodash',
  },
  {
    package: 'string-width',
    before: '5.1.2',
    after: '6.1.0',
    kind: 'text',
    why: 'Characters are found by Intl.Segmenter, which is slow (sindresorhus/string-width, pull request 47 and issue 57).',
    service: 'string-width',
  },
  {
    package: 'vary',
    before: '1.1.1',
    after: '1.1.2',
    kind: 'headers',
    why: 'Tokens of the header are parsed faster (changelog, 1.1.2).',
    service: 'vary',
  },
  {
    package: 'parseurl',
    before: '1.3.1',
    after: '1.3.2',
    kind: 'parser',
    why: 'A loop replaces the regular expression of the fast path (changelog, 1.3.2).',
    service: 'parseurl',
  },
]
