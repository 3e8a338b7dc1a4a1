/**
 * Pairs for a blind check: popular packages of which some change in speed is to be expected, chosen without knowing what
 * Flamegate says of them.
 */
import type { Pair } from './pairs.ts'

export const BLIND: Omit<Pair, 'why'>[] = [
  { package: 'date-fns', before: '2.30.0', after: '3.0.0', kind: 'dates', service: 'date-fns' },
  { package: 'yup', before: '0.32.11', after: '1.0.0', kind: 'validator', service: 'yup' },
  { package: '@msgpack/msgpack', before: '2.8.0', after: '3.0.0', kind: 'serialiser', service: 'msgpack' },
  { package: 'sanitize-html', before: '2.11.0', after: '2.13.0', kind: 'text', service: 'sanitize-html' },
  {
    package: 'cookie-signature',
    before: '1.0.6',
    after: '1.2.0',
    kind: 'crypto',
    service: 'cookie-signature',
  },
  { package: 'pino', before: '6.14.0', after: '7.11.0', kind: 'logger', service: 'pino' },
  { package: 'lru-cache', before: '6.0.0', after: '7.18.3', kind: 'state', service: 'lru-cache' },
  { package: 'escape-html', before: '1.0.2', after: '1.0.3', kind: 'templates', service: 'escape-html' },
  { package: 'ejs', before: '3.1.9', after: '3.1.10', kind: 'templates', service: 'ejs' },
  { package: 'qs', before: '6.9.7', after: '6.10.3', kind: 'serialiser', service: 'qs-nested' },
]
