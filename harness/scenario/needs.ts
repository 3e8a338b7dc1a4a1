/** What needs are written with, and what follows from their names. */
import type { Metric } from '../model/metric.ts'
import type { Need, PlannedNeed } from '../model/needs.ts'
import type { Plan } from '../model/plan.ts'
import { perRequest } from '../stats/columns.ts'

type Settings = Omit<Need, 'kind'>

/** A PostgreSQL server: the machine's own with a fresh data folder, one in a container (`image`), or one that runs already (`url`). */
export const postgres = (settings: Settings = {}): Need => ({ kind: 'postgres', ...settings })
/** A Redis server without persistence: the machine's own, one in a container (`image`), or one that runs already (`url`). */
export const redis = (settings: Settings = {}): Need => ({ kind: 'redis', ...settings })

/** What `env` can refer to. */
export const PLACES = ['url', 'host', 'port', 'user', 'password', 'database'] as const
export type Places = Record<(typeof PLACES)[number], string>

const PLACE = /\{\{\s*(\w+)\s*\}\}/g

/** Placeholders in a text, whether they are known or not. */
export const placesIn = (text: string): string[] => [...text.matchAll(PLACE)].map(([, name]) => name!)

/** A text with placeholders filled in. Unknown ones stay. */
export const filled = (text: string, places: Partial<Places>): string =>
  text.replaceAll(PLACE, (all, name: keyof Places) => places[name] ?? all)

/** `userStore` and `user-store` → `USER_STORE`. */
export const prefixOf = (name: string): string =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase()

/** The variables of a need that does not choose any. */
export const usualVariables = (name: string): Record<string, string> => ({
  [`${prefixOf(name)}_URL`]: '{{url}}',
  [`${prefixOf(name)}_HOST`]: '{{host}}',
  [`${prefixOf(name)}_PORT`]: '{{port}}',
})

/** The column of a slice that holds the CPU time of a need, in ns. */
export const cpuColumn = (need: string): string => `needs.${need}.cpu`

/** The metrics of a run's needs: a gate can name them. A need that Flamegate does not start has none. */
export const metricsOfNeeds = ({ needs = [] }: Pick<Plan, 'needs'>): Metric[] =>
  needs.filter(isStarted).map(({ name }, at) => ({
    id: cpuColumn(name),
    title: `CPU of ${name}`,
    unit: 'µs',
    family: 'processor',
    better: 'lower',
    order: 13 + at / 100,
    measure: sample => perRequest(sample, cpuColumn(name), 1e-3),
  }))

const isStarted = ({ url }: PlannedNeed): boolean => url === undefined
