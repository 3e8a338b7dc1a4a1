/** Two heap snapshots of every variant, with batches of requests between them, compared by constructor. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ConstructorSum, readHeapSnapshot } from '../heap/snapshot.ts'
import type { AgentCollector, AgentLink, Occasion } from '../model/capabilities.ts'
import type { Constructors } from '../model/launch.ts'
import { fileNameOf } from '../paths/file-name.ts'
import { sum } from '../stats/describe.ts'

/** Constructors that are kept, those that grew or retain most first: a heap has thousands, most with a single object. */
const MOST = 200

const snapshot: AgentCollector = {
  name: 'snapshot',
  scope: 'agent',
  order: 60,
  onRequest: true,
  // Each takes about a second and tens of megabytes on the disk.
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

/** One for every process and thread of a launch. */
function pathOf({ pid, threadId }: AgentLink, { folder, variant }: Occasion, when: string): string {
  return join(folder, FOLDER, `${fileNameOf(variant)}-${pid}-${threadId}-${when}.heapsnapshot`)
}

const NONE: ConstructorSum = { count: 0, self: 0, retained: 0 }

export function compared(
  before: Map<string, ConstructorSum>,
  after: Map<string, ConstructorSum>,
): Constructors {
  const rows = [...new Set([...before.keys(), ...after.keys()])]
    // The roots' own nodes, which retain everything.
    .filter(name => name !== '(synthetic)')
    .map(name => ({ name, there: before.get(name) ?? NONE, here: after.get(name) ?? NONE }))
    .toSorted((a, b) => weight(b) - weight(a))
    .slice(0, MOST)
  const pair = (field: keyof ConstructorSum): [number[], number[]] => [
    rows.map(({ there }) => there[field]),
    rows.map(({ here }) => here[field]),
  ]
  return {
    name: rows.map(({ name }) => name),
    count: pair('count'),
    self: pair('self'),
    retained: pair('retained'),
  }
}

/** Change first, size where nothing changed. */
const weight = ({ there, here }: { there: ConstructorSum; here: ConstructorSum }): number =>
  Math.abs(here.retained - there.retained) * 1e3 + here.retained

export default snapshot
