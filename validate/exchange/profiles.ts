/** Windows of a made-up service. */
import { encodePprof } from '../../harness/formats/index.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { seededRandom } from '../../harness/stats/random.ts'

/**
 * @param functions of the program
 * @param samples each with a stack of its own
 * @returns gzipped pprof
 */
export function madeWindow(functions: number, samples: number, seed: number): Uint8Array {
  const random = seededRandom(seed)
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const locations = Array.from({ length: functions }, (_, at) =>
    builder.location(builder.function(`function${at}`, `/srv/app/module${at % 97}.js`, 1 + (at % 900))),
  )
  for (let sample = 0; sample < samples; sample++) {
    let stack = -1
    const depth = 8 + Math.floor(random() * 24)
    for (let level = 0; level < depth; level++)
      stack = builder.stack(stack, locations[Math.floor(random() ** 2 * functions)]!)
    builder.sample(stack, [Math.round(1e6 + random() * 1e7)])
  }
  return encodePprof(builder.build({ duration: 60_000 }))
}
