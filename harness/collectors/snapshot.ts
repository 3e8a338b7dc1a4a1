/** Two heap snapshots of every variant, with batches of requests between them, compared by constructor. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ConstructorSum, readHeapSnapshot } from '../heap/snapshot.ts'
import type { AgentCollector, AgentLink, Occasion } from '../model/capabilities.ts'
import type { Constructors } from '../model/launch.ts'
import { fileNameOf } from '../paths/file-name.ts'
import { sum } from '../stats/describe.ts'

/** Constructors to keep, those that grew or retain most first. A heap has thousands, most with a single object. */
const MOST = 200

const snapshot: AgentCollector = {
  name: 'snapshot',
  scope: 'agent',
  order: 60,
  onRequest: true,
  // A snapshot takes about a second, and tens of megabytes on the disk.
  once: true,
  batches: 10,
  sums: ['objects'],
  async start(agent, occasion) {
    const path = pathOf(agent, occasion, 'before')
    await mkdir(join(occasion.folder, FOLDER), { recursive: true })
    await agent.snapshot(path)
  },
  /** `objects` on the heap at the end. The files stay for Chrome's own tools. */
  async stop(agent, _, occasion) {
    await agent.snapshot(pathOf(agent, occasion, 'after'))
    const before = readHeapSnapshot(await readFile(pathOf(agent, occasion, 'before')))
    const after = readHeapSnapshot(await readFile(pathOf(agent, occasion, 'after')))
    const counts = [...after.values()].map(({ count }) => count)
    return { constructors: compared(before, after), figures: { objects: sum(counts) } }
  },
}

const FOLDER = 'heap'

function pathOf({ pid, threadId }: AgentLink, { folder, variant }: Occasion, when: string): string {
  return join(folder, FOLDER, `${fileNameOf(variant)}-${pid}-${threadId}-${when}.heapsnapshot`)
}

const NONE: ConstructorSum = { count: 0, self: 0, retained: 0 }

export function compared(
  before: Map<string, ConstructorSum>,
  after: Map<string, ConstructorSum>,
): Constructors {
  const rows = [...new Set([...before.keys(), ...after.keys()])]
    // The roots, which retain everything.
    .filter(name => name !== '(synthetic)')
    .map(name => ({ name, old: before.get(name) ?? NONE, now: after.get(name) ?? NONE }))
    .toSorted((a, b) => weight(b) - weight(a))
    .slice(0, MOST)
  const pair = (field: keyof ConstructorSum): [number[], number[]] => [
    rows.map(({ old }) => old[field]),
    rows.map(({ now }) => now[field]),
  ]
  return {
    name: rows.map(({ name }) => name),
    count: pair('count'),
    self: pair('self'),
    retained: pair('retained'),
  }
}

/** Change first, size where nothing changed. */
const weight = ({ old, now }: { old: ConstructorSum; now: ConstructorSum }): number =>
  Math.abs(now.retained - old.retained) * 1e3 + now.retained

export default snapshot
