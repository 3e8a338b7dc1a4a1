/** Everything that the suite tries, in order. */
import { seededRandom } from '../../harness/stats/random.ts'
import { type Cell, tryCase } from './cases.ts'
import { type FullDisk, fillDisk } from './disk.ts'
import { type Kill, killAtRandom } from './kill.ts'
import { KINDS, MOMENTS, type Moment, titleOf } from './kinds.ts'
import { type Soak, soak } from './soak.ts'

export interface Settings {
  quick: boolean
  kills: number
  /** Seed of the random moments. */
  seed: number
  /** Length of the soak; 0 for none. */
  minutes: number
}

/** The result of a task; `broken` lists the broken promises. */
export type Shown = Cell | FullDisk | Kill | Soak

export interface Task {
  name: string
  perform(): Promise<Shown>
}

/** One fault of each sort, at the moment that is hardest for it. */
const QUICK: Record<string, Moment> = {
  exits: 'timed',
  'is stopped (SIGSTOP)': 'profiled',
  'answers without end': 'warm-up',
  'runs out of memory': 'boot',
  'leaves a daemon': 'readiness',
  'ignores SIGTERM': 'stopping',
  'floods the agents’ socket': 'timed',
  'Ctrl-C': 'timed',
}

/** @param pause a file that holds back the soak while it exists */
export function readTasks({ quick, kills, seed, minutes }: Settings, pause?: string): Task[] {
  const cases = KINDS.flatMap(kind =>
    MOMENTS.filter(moment => kind.effects[moment])
      .filter(moment => !quick || QUICK[kind.name] === moment)
      .map(moment => ({ name: `${titleOf(kind)} · ${moment}`, perform: () => tryCase(kind, moment) })),
  )
  const random = seededRandom(seed)
  const moments = Array.from({ length: kills }, () => [random(), random()] as const)
  return [
    ...cases,
    { name: 'full disk', perform: fillDisk },
    ...moments.map((at, i) => ({ name: `kill ${i + 1}`, perform: () => killAtRandom(...at) })),
    ...(minutes > 0 ? [{ name: 'soak', perform: () => soak(minutes, pause) }] : []),
  ]
}
