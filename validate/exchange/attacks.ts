/** What somebody sends who means no good: profiles, messages and names. */
import { gunzipSync, gzipSync } from 'node:zlib'
import { encodePprof } from '../../harness/formats/index.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { seededRandom } from '../../harness/stats/random.ts'
import type { Server } from './server.ts'

const MEBIBYTE = 2 ** 20

export const MARKUP = '</script><script>alert(1)</script><img src=x onerror=alert(1)>'
export const NAMES = [
  MARKUP,
  ...['../../../etc/passwd', '..\\..\\x', '/etc/passwd', 'C:\\x', '%2e%2e%2f', 'a\0b', '__proto__'],
]

/** A window whose function, file and label are markup. */
export function markedWindow(): Uint8Array {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const marked = builder.function(MARKUP, `/srv/${MARKUP}.js`, 1, 1)
  builder.sample(builder.stack(-1, builder.location(marked)), [1e6], { [MARKUP]: MARKUP })
  return encodePprof(builder.build({ duration: 60_000, comments: [MARKUP] }))
}

/** @returns statuses of the answers, 0 where there was none */
export type Attack = (server: Server) => Promise<number[]>

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]

/** A field with a length. */
const field = (number: number, ...content: Uint8Array[]): Buffer => {
  const whole = Buffer.concat(content)
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(whole.length)]), whole])
}

const text = (of: string) => Buffer.from(of)
const bytes = (...of: number[]) => Buffer.from(of)
/** As often as there is room for in some MiB. */
const repeated = (what: Uint8Array, size: number) => Buffer.alloc(size * MEBIBYTE, what)

/** One type of values; two strings; function 1 and location 1. */
const PROGRAM = [
  field(1, bytes(0x08, 1, 0x10, 1)),
  field(6),
  field(6, text('cpu')),
  field(5, bytes(0x08, 1, 0x10, 1)),
]
const LOCATION = field(4, bytes(0x08, 1, 0x22, 2, 0x08, 1))
const SAMPLE = field(2, bytes(0x0a, 1, 1, 0x12, 1, 1))

/** Whole messages of pprof, each of which would take much more than its bytes. */
const BOMBS: Record<string, Uint8Array[]> = {
  'a stack of 7 million functions': [
    ...PROGRAM,
    LOCATION,
    field(2, field(1, repeated(bytes(1), 7)), bytes(0x10, 1)),
  ],
  'millions of samples': [...PROGRAM, LOCATION, repeated(SAMPLE, 7)],
  'millions of strings': [...PROGRAM, LOCATION, SAMPLE, repeated(field(6, text('a')), 7)],
  'millions of types': [...PROGRAM, repeated(field(1), 7)],
  'millions of comments': [...PROGRAM, LOCATION, SAMPLE, field(13, repeated(bytes(1), 7))],
  'millions of functions': [...PROGRAM, repeated(field(5, bytes(0x08, 1)), 7)],
  'locations that stand for 200,000 functions, 200,000 times': [
    ...PROGRAM,
    field(4, bytes(0x08, 1), Buffer.alloc(200_000 * 4, bytes(0x22, 2, 0x08, 1))),
    Buffer.alloc(200_000 * SAMPLE.length, SAMPLE),
  ],
}

/** A proper profile that is as large as one can be. */
export const largeWindow = (): Uint8Array =>
  Buffer.concat([...PROGRAM, LOCATION, SAMPLE, field(6, repeated(text('a'), 7))])

const pushOf =
  (profile: Uint8Array): Attack =>
  async server => [await server.push('shop', profile)]

const bombs = Object.entries(BOMBS).map(([name, parts]): [string, Attack] => [
  name,
  pushOf(gzipSync(Buffer.concat(parts))),
])

/** A proper profile, damaged in many ways, packed and not. */
const damaged =
  (profile: Uint8Array): Attack =>
  async server => {
    const random = seededRandom(1)
    const plain = gunzipSync(profile)
    const statuses: number[] = []
    for (let at = 0; at < 400; at++) {
      const copy = Buffer.from(at % 4 === 0 ? profile : plain)
      for (let flip = 0; flip < 1 + (at % 5); flip++)
        copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256)
      statuses.push(await server.push('shop', at % 3 === 0 ? copy.subarray(0, random() * copy.length) : copy))
    }
    return statuses
  }

const PUSH = '/push.v1.PusherService/Push'
const JSON_TYPE = { 'content-type': 'application/json' }
const MESSAGE_TYPE = { 'content-type': 'application/proto' }

const zeros = gzipSync(Buffer.alloc(512 * MEBIBYTE))
const manyLabels = 'a=b,'.repeat(1_000_000)

/** The profile is a proper one. */
export const attacks = (profile: Uint8Array): [string, Attack][] => [
  ['damaged profiles', damaged(profile)],
  ['a profile that is half a GiB of zeros', pushOf(zeros)],
  [
    'a body that is half a GiB of zeros',
    async server => [await server.post('/ingest?name=shop', zeros, { 'content-encoding': 'gzip' })],
  ],
  ...bombs,
  ['a name with a million labels', async server => [await server.push(`shop{${manyLabels}}`, profile)]],
  [
    'a message with millions of labels',
    async server => {
      const labels = repeated(field(1, field(1, text('a')), field(2, text('b'))), 7)
      return [await server.post(PUSH, field(1, labels), MESSAGE_TYPE)]
    },
  ],
  [
    'a message with millions of series',
    async server => [await server.post(PUSH, repeated(field(1), 7), MESSAGE_TYPE)],
  ],
  [
    'JSON with millions of objects',
    async server => {
      const message = Buffer.concat([text('{"series":[{}'), repeated(text(',{}'), 7), text(']}')])
      return [await server.post(PUSH, message, JSON_TYPE)]
    },
  ],
  [
    'JSON that is mostly brackets',
    async server => [await server.post(PUSH, repeated(text('['), 7), JSON_TYPE)],
  ],
  [
    '7 MiB of JSON that are not a profile',
    async server => {
      const labels = '"labels":[{"name":"service_name","value":"shop"}]'
      const message = Buffer.concat([
        text(`{"series":[{${labels},"samples":[{"rawProfile":"`),
        repeated(text('AAAA'), 7),
        text('"}]}]}'),
      ])
      return [await server.post(PUSH, message, JSON_TYPE)]
    },
  ],
]
