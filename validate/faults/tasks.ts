/** All that there is to try, in order. */
import { seededRandom } from '../../harness/stats/random.ts'
import { tryCase } from './cases.ts'
import { fillDisk } from './disk.ts'
import { killAtRandom } from './kill.ts'
import { KINDS, MOMENTS, type Moment, titleOf } from './kinds.ts'
import type { Found } from './outcome.ts'
import { soak } from './soak.ts'

export interface Settings {
  quick: boolean
  kills: number
  /** Of the random moments. */
  seed: number
  /** Of the soak; 0 for none. */
  minutes: number
}

export interface Task {
  name: string
  perform(): Promise<Omit<Found, 'task' | 'seconds'>>
}

/** One kind of each sort, at the moment that is hardest for it. */
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

/** @param pause file that holds back the soak */
export function readTasks({ quick, kills, seed, minutes }: Settings, pause?: string): Task[] {
  const cases = KINDS.flatMap(kind =>
    MOMENTS.filter(moment => kind.outcomes[moment])
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
