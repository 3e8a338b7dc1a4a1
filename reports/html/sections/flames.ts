/** Where the flames go: the view has their names, the page inflates their trees. */
import type { Flame } from '../../../harness/model/report.ts'
import type { Profiled } from '../../shared/pairs.ts'
import { collectorTitle } from './functions.ts'

/** `place`: where the page keeps the tree of each flame. */
export function flamesSection(report: Profiled, variant: string, place: ReadonlyMap<Flame, number>) {
  const flames = report.analysis.flames.flatMap(flame =>
    flame.variant === variant && flame.parent.length > 0
      ? [
          {
            index: place.get(flame) ?? 0,
            title: collectorTitle(flame.collector),
            nodes: flame.parent.length.toLocaleString('en-US'),
          },
        ]
      : [],
  )
  return { flames, empty: flames.length === 0, several: flames.length > 1 }
}
