/** Where the flames go: the view has their names, the page inflates their trees. */
import type { Profiled } from '../../shared/pairs.ts'
import { collectorTitle } from './functions.ts'

export function flamesSection(report: Profiled, variant: string) {
  const flames = report.analysis.flames.flatMap((flame, index) =>
    flame.variant === variant && flame.parent.length > 0
      ? [
          {
            index,
            title: collectorTitle(flame.collector),
            nodes: flame.parent.length.toLocaleString('en-US'),
          },
        ]
      : [],
  )
  return { flames, empty: flames.length === 0, several: flames.length > 1 }
}
