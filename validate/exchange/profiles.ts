/** Windows of a made-up service. */
import { encodePprof } from '../../harness/formats/index.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { seededRandom } from '../../harness/stats/random.ts'

/** Every program is the same one: windows differ in how often each of its stacks was seen. */
const PROGRAM = 1

/**
 * @param functions of the program, which has six times as many stacks
 * @param samples of this window
 * @returns gzipped pprof
 */
export function madeWindow(functions: number, samples: number, seed: number): Uint8Array {
  const program = seededRandom(PROGRAM)
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const locations = Array.from({ length: functions }, (_, at) =>
    builder.location(builder.function(`function${at}`, `/srv/app/module${at % 97}.js`, 1 + (at % 900))),
  )
  // A stack goes on from one that is not very deep: few levels are shared by all, and most stacks have ten to thirty.
  const stacks = [-1]
  for (let at = 1; at <= 6 * functions; at++) {
    const below = stacks[Math.floor(Math.sqrt(program()) * stacks.length)]!
    stacks.push(builder.stack(below, locations[Math.floor(program() ** 2 * functions)]!))
  }
  const random = seededRandom(seed + 2)
  for (let sample = 0; sample < samples; sample++)
    builder.sample(stacks[1 + Math.floor(random() ** 2 * (stacks.length - 1))]!, [
      Math.round(1e6 + random() * 1e7),
    ])
  return encodePprof(builder.build({ duration: 60_000 }))
}
