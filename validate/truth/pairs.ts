/** Real versions of packages of which one is faster than the other, with the reason. */

export type Kind = 'crypto' | 'dates' | 'ids' | 'serialiser' | 'validator'

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
    why: 'verify.js calls crypto.createPublicKey for every token, also where the secret is not a public key.',
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
    package: 'uuid',
    before: '8.3.2',
    after: '9.0.1',
    kind: 'ids',
    why: "Node's crypto.randomUUID is used where there is one (uuidjs/uuid, pull request 600).",
    service: 'uuid',
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
]
