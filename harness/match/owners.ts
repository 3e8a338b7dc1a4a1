/** Whose code the calls of two sides are, and which package of one side is which of the other. */
import type { Sides } from '../model/comparison.ts'
import type { SharedOwner } from '../model/flame.ts'
import { type CallTree, NODE, type Owner, ownerOf, type PackageOf } from '../profile/index.ts'

export interface Owners {
  rows: SharedOwner[]
  /** The row of each node of the tree. The sides differ where a function is in another copy of a package now. */
  before: number[]
  after: number[]
  /** The row of each function; `undefined` where it is its caller's. */
  ofFrames: (number | undefined)[]
}

/** The part of a union tree that is needed. */
interface Tree extends Pick<CallTree, 'frames' | 'parent' | 'frame'> {
  match: string[]
  filesBefore: string[]
}

export function matchOwners(tree: Tree, packageOf: Sides<PackageOf>): Owners {
  const { frames, match, filesBefore } = tree
  const before = frames.map((frame, at) =>
    match[at] === 'only after' ? undefined : ownerOf({ ...frame, file: filesBefore[at]! }, packageOf.before),
  )
  const after = frames.map((frame, at) =>
    match[at] === 'only before' ? undefined : ownerOf(frame, packageOf.after),
  )
  const rows = rowsOf(before, after)
  const rowOf = (side: keyof Sides, owner: Owner | undefined) =>
    owner && rows.findIndex(row => isSame(row, side, owner))
  const own = {
    before: before.map((owner, at) => rowOf('before', owner) ?? rowOf('after', after[at])),
    after: after.map((owner, at) => rowOf('after', owner) ?? rowOf('before', before[at])),
  }
  const node = rows.findIndex(({ kind }) => kind === 'node')
  return {
    rows,
    before: inherited(tree, own.before, node),
    after: inherited(tree, own.after, node),
    ofFrames: own.after,
  }
}

/** A function without an owner belongs to its caller's. A parent's index is smaller than its child's. */
function inherited({ parent, frame }: Tree, own: (number | undefined)[], otherwise: number): number[] {
  const rows: number[] = []
  for (let at = 0; at < frame.length; at++) rows.push(own[frame[at]!] ?? rows[parent[at]!] ?? otherwise)
  return rows
}

const isSame = ({ kind, owner, versions }: SharedOwner, side: keyof Sides, other: Owner): boolean =>
  kind === other.kind &&
  owner === other.name &&
  (versions === undefined || versions[side] === (other.version ?? null))

function rowsOf(before: (Owner | undefined)[], after: (Owner | undefined)[]): SharedOwner[] {
  const [was, is] = [before, after].map(owners =>
    Map.groupBy(
      owners.filter(owner => owner !== undefined),
      ({ kind, name }) => `${kind} ${name}`,
    ),
  )
  const all = new Map([...was!, ...is!, ['node', [NODE]]] as [string, Owner[]][])
  return Array.from(all, ([key, [owner]]): SharedOwner[] => {
    const row = { kind: owner!.kind, owner: owner!.name }
    if (row.kind !== 'dependency') return [row]
    return pairVersions(versionsOf(was!.get(key)), versionsOf(is!.get(key))).map(versions => ({
      ...row,
      versions,
    }))
  }).flat()
}

const versionsOf = (owners: Owner[] = []) => [...new Set(owners.map(({ version }) => version ?? null))]

/** Equal versions are one package, and so are the last two: that one has changed. With more, it is not clear which. */
function pairVersions(
  before: (string | null)[],
  after: (string | null)[],
): NonNullable<SharedOwner['versions']>[] {
  const same = before.filter(version => after.includes(version))
  const gone = before.filter(version => !after.includes(version))
  const added = after.filter(version => !before.includes(version))
  const pairs = same.map(version => ({ before: version, after: version }))
  if (gone.length === 1 && added.length === 1) return [...pairs, { before: gone[0]!, after: added[0]! }]
  return [
    ...pairs,
    ...gone.map(version => ({ before: version })),
    ...added.map(version => ({ after: version })),
  ]
}
