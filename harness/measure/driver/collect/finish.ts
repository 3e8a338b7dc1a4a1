/** Turns what the collectors brought back into results, with functions at their places in the sources. */
import { encodePprof } from '../../../formats/index.ts'
import type { Collected, Collector } from '../../../model/capabilities.ts'
import type { CollectorResult, Constructors } from '../../../model/launch.ts'
import type { Plan } from '../../../model/plan.ts'
import { labelMoments, mergeProfiles } from '../../../profile/index.ts'
import { limitsOf } from '../../../scenario/limits.ts'
import { relocate, type ScriptText } from '../../../source-maps/relocate.ts'
import { sum } from '../../../stats/describe.ts'
import type { LaunchScripts } from '../../both/messages.ts'
import { columns, type Launch, LaunchFailure } from '../launch.ts'
import type { Taken } from './profile.ts'
import { filesOf, fingerprints, listScripts, textOf, unmapped, urlOf } from './scripts.ts'

/** By collector name. */
type Results = Record<string, CollectorResult>

/**
 * To be called when everything is measured, because it wakes V8's debugger.
 *
 * @param taken from each launch
 * @returns both in the order of the launches
 */
export async function finishResults(
  launches: Pick<Launch, 'variant' | 'agents'>[],
  taken: Taken[][],
  plan: Plan,
  round: number,
): Promise<{ results: Results[]; scripts: LaunchScripts[] }> {
  const results: Results[] = []
  const scripts: LaunchScripts[] = []
  for (const [i, { variant, agents }] of launches.entries()) {
    const files = taken[i]!.flatMap(({ collected }) => collected.flatMap(filesOf))
    const urls = new Map(files.map(file => [file, urlOf(file)]))
    const listed = await listScripts(agents, urls.values(), limitsOf(plan).slice).catch(cause => {
      throw new LaunchFailure(variant, 'last', cause)
    })
    const known = Map.groupBy(listed.scripts, ({ url }) => url)
    const texts = new Map([...urls].map(([file, url]) => [file, textOf(url, known.get(url))]))
    const labels = { scenario: plan.scenario, variant, round }
    results.push(
      Object.fromEntries(
        taken[i]!.filter(({ failed }) => failed === undefined).map(
          ({ collector, slices, collected, seen }): [string, CollectorResult] => {
            const { figures, ...rest } = merged(collected, collector, labels, url => texts.get(url))
            return [collector.name, { slices: columns(slices), ...rest, figures: { ...figures, ...seen } }]
          },
        ),
      ),
    )
    const byUrl = new Map([...urls].map(([file, url]) => [url, texts.get(file)!]))
    scripts.push({
      loaded: listed.loaded,
      unmapped: [...byUrl].flatMap(([url, text]) => unmapped(url, text) ?? []),
      files: fingerprints(byUrl),
      failed: taken[i]!.flatMap(({ collector: { name }, failed }) =>
        failed === undefined ? [] : [{ collector: name, reason: failed }],
      ),
    })
  }
  return { results, scripts }
}

/**
 * Merges what a collector brought back from each process and thread of a launch.
 *
 * @param labels for every sample of the profile
 * @param scriptOf what is known about a script
 */
export function merged(
  collected: Collected[],
  { sums = [] }: Pick<Collector, 'sums'>,
  labels: Record<string, string | number>,
  scriptOf: (url: string) => ScriptText | undefined = () => undefined,
): Omit<CollectorResult, 'slices'> {
  const profiles = collected.flatMap(({ profile }) =>
    profile ? [labelMoments(relocate(profile, scriptOf))] : [],
  )
  const pauses = collected.flatMap(({ pauses }) => pauses ?? [])
  const figures: Record<string, number> = Object.assign({}, ...collected.map(({ figures }) => figures))
  for (const name of sums) figures[name] = sum(collected.map(({ figures }) => figures[name]!))
  return {
    profile:
      profiles.length > 0
        ? Buffer.from(encodePprof(mergeProfiles(profiles), labels)).toString('base64')
        : undefined,
    pauses:
      pauses.length > 0
        ? {
            kind: pauses.flatMap(({ kind }) => kind),
            duration: pauses.flatMap(({ duration }) => duration),
            before: pauses.flatMap(({ before }) => before),
            after: pauses.flatMap(({ after }) => after),
            at: pauses.every(({ at }) => at) ? pauses.flatMap(({ at }) => at!) : undefined,
          }
        : undefined,
    constructors: collected.flatMap(({ constructors }) => constructors ?? []).toSorted(mostGrown)[0],
    figures,
  }
}

/** Snapshots of several processes do not add up. The one that grew most says most. */
const mostGrown = (a: Constructors, b: Constructors): number => growth(b) - growth(a)

const growth = ({ self: [before, after] }: Constructors): number => sum(after) - sum(before)
