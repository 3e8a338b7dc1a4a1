/**
 * Readers on damaged files: they read them or reject them with a `ProfileError`, whatever the damage.
 * A short run by default; `FLAMEGATE_FUZZ_SECONDS=60` for a long one.
 */
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as formats from '../../harness/formats/index.ts'
import { uniteTrees } from '../../harness/match/index.ts'
import { buildCallTree, functionTable } from '../../harness/profile/index.ts'
import { fileBytes, PROFILE_FILES, read, sum } from './files.ts'
import { writeFolded, writeSpeedscope } from './writers.ts'

const seconds = Number(process.env.FLAMEGATE_FUZZ_SECONDS ?? 0)
const encoder = new TextEncoder()

const SEEDS = [
  ...PROFILE_FILES.map(name => ({ name, bytes: fileBytes(name) })),
  ...PROFILE_FILES.filter(name => name.endsWith('.gz')).map(name => ({
    name: `${name}, plain`,
    bytes: gunzipSync(fileBytes(name)),
  })),
  { name: 'pprof of ours', bytes: gunzipSync(formats.encodePprof(read('node26.cpuprofile'), { round: 1 })) },
  { name: 'folded stacks', bytes: encoder.encode(writeFolded(read('node26.cpuprofile'))) },
  { name: 'speedscope', bytes: encoder.encode(writeSpeedscope(read('node20.heapprofile'))) },
]

type Mutation = {
  kind: 'set' | 'insert' | 'delete' | 'copy' | 'cut'
  at: number
  length: number
  byte: number
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('set', 'insert', 'delete', 'copy', 'cut'),
  // The place as a share of the file, the number of bytes, and the byte. Digits and brackets break JSON.
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...encoder.encode('0192-eE.{}[]",:;n '))),
})

function mutate(bytes: Uint8Array, mutations: Mutation[]): Uint8Array {
  return mutations.reduce<Uint8Array>((now, { kind, at, length, byte }) => {
    const place = Math.floor(at * now.length)
    const head = now.subarray(0, place)
    const piece = now.subarray(place, place + length)
    const tail = now.subarray(kind === 'insert' ? place : place + (kind === 'set' ? 1 : length))
    if (kind === 'cut') return head
    if (kind === 'delete') return Buffer.concat([head, tail])
    if (kind === 'copy') return Buffer.concat([head, piece, piece, tail])
    return Buffer.concat([head, new Uint8Array([byte]), tail])
  }, bytes)
}

/** Checks that a profile that was read can be used: its indexes are valid, and it can be written and read again. */
function use(bytes: Uint8Array): void {
  const { profile } = formats.readProfile(bytes, 16 * 1024 * 1024)
  const tree = buildCallTree([profile])
  const values = profile.samples.values.at(-1)!
  const whole = sum(values)
  const size = values.reduce((total, value) => total + Math.abs(value), 0)
  expect(Math.abs(sum(tree.self[0]!) - whole)).toBeLessThanOrEqual(size * 1e-9)
  functionTable(tree)
  uniteTrees(tree, tree)
  formats.decodePprof(formats.encodePprof(profile))
}

describe.each(SEEDS)('$name', ({ bytes }) => {
  it(
    'is read or rejected, whatever is damaged',
    () => {
      const mutations = fc.array(mutation, { minLength: 1, maxLength: 6 })
      const property = fc.property(mutations, given => {
        try {
          use(mutate(bytes, given))
        } catch (error) {
          if (!(error instanceof formats.ProfileError)) throw error
        }
      })
      const limit =
        seconds > 0
          ? { numRuns: 1e9, interruptAfterTimeLimit: (seconds * 1000) / SEEDS.length }
          : { numRuns: 60 }
      fc.assert(property, limit)
    },
    Math.max(60_000, seconds * 2000),
  )
})
