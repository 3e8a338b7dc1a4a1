/** Windows of production by the process that they are from. Windows of one process are alike, so only processes are independent. */
import type { ProfileFile } from '../model/diff.ts'
import type { Sample } from '../model/evidence.ts'
import { type CallTree, windowOf } from '../profile/index.ts'
import { sumOfColumn } from '../stats/columns.ts'
import { sum } from '../stats/describe.ts'

/** The samples of one side, with a column of the tree for each. */
export interface Measured {
  tree: CallTree
  samples: Sample[]
}

/** The process of each file; `null` unless all of them tell. */
export function processesOf(files: ProfileFile[]): string[] | null {
  const known = files.flatMap(({ profile }) => windowOf(profile) ?? [])
  return known.length < files.length ? null : known.map(({ host, pid }) => `${pid}@${host}`)
}

/** One sample for each process, in which its windows are added up. @param processes of each sample */
export function joinProcesses({ tree, samples }: Measured, processes: string[]): Measured {
  const places = [...Map.groupBy(processes.keys(), at => processes[at]!).values()]
  const self = places.map(windows => {
    const joined = tree.self[windows[0]!]!.slice()
    for (const at of windows.slice(1))
      for (let node = 0; node < joined.length; node++) joined[node]! += tree.self[at]![node]!
    return joined
  })
  return { tree: { ...tree, self }, samples: places.map(windows => joined(windows.map(at => samples[at]!))) }
}

function joined(samples: Sample[]): Sample {
  const [first] = samples
  const requests = samples.map(({ columns }) => sumOfColumn(columns.requests))
  return {
    ...first!,
    window: { duration: sum(samples.map(({ window }) => window.duration)) },
    columns: first!.columns.requests === undefined ? {} : { requests: [sum(requests)] },
  }
}
