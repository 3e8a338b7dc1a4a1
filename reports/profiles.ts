/** One file for each profile, for tools that read pprof, such as `go tool pprof` and speedscope. */
import type { Artifact, Reporter } from '../harness/model/capabilities.ts'
import type { Sample } from '../harness/model/evidence.ts'
import { fileNameOf } from '../harness/paths/file-name.ts'

/** `profiles/r1-json-cpu.pb.gz`: round, variant, collector. The record holds them gzipped already. */
function profilesOf({ round, subject, collected }: Sample): Artifact[] {
  return Object.entries(collected).flatMap(([collector, { profile }]) => {
    if (typeof profile !== 'string') return []
    const path = `profiles/r${round}-${fileNameOf(subject)}-${collector}.pb.gz`
    return [{ path, content: Buffer.from(profile, 'base64') }]
  })
}

const reporter: Reporter = {
  name: 'profiles',
  render: ({ evidence }) => evidence.samples.flatMap(profilesOf),
}

export default reporter
