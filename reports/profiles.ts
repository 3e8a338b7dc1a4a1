/** Every profile as a file of its own, for tools that read pprof, such as `go tool pprof` and speedscope. */
import type { Artifact, Reporter } from '../harness/model/capabilities.ts'
import type { LaunchRecord } from '../harness/model/launch.ts'
import { fileNameOf } from '../harness/paths/file-name.ts'

/** `profiles/r1-json-cpu.pb.gz`: round, variant, collector. The record holds them gzipped already. */
function profilesOf(round: number, { variant, captures }: LaunchRecord): Artifact[] {
  return Object.entries(captures).flatMap(([collector, { profile }]) => {
    if (profile === undefined) return []
    const path = `profiles/r${round}-${fileNameOf(variant)}-${collector}.pb.gz`
    return [{ path, content: Buffer.from(profile, 'base64') }]
  })
}

const reporter: Reporter = {
  name: 'profiles',
  render: ({ run }) =>
    run.rounds.flatMap(({ index, launches }) => launches.flatMap(launch => profilesOf(index, launch))),
}

export default reporter
