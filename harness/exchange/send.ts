/** Sends the profiles of a finished run to a store: one of each launch and collector, with the version that it is of as a label. */
import { basename } from 'node:path/posix'
import { decodePprof, encodePprof } from '../formats/index.ts'
import type { Sample } from '../model/evidence.ts'
import type { Profile } from '../model/profile.ts'
import type { Report } from '../model/report.ts'
import { labelsOf, type StorePlace } from './place.ts'
import { type Access, accessFrom, answerOf } from './request.ts'

/** Answers to what is sent are short. */
const MOST_BYTES = 2 ** 20
/** Samples of a profile that Pyroscope takes by default. */
const MOST_SAMPLES = 16_000

interface Sent {
  service: string
  labels: Map<string, string>
  /** Milliseconds since the epoch. */
  from: number
  until: number
  /** pprof, gzipped. */
  content: Uint8Array
}

/** @returns how many profiles were sent @throws UsageError or MeasureError with the first problem */
export async function sendRun(
  place: StorePlace,
  report: Report,
  variables: Record<string, string | undefined>,
): Promise<number> {
  const access = accessFrom(variables, MOST_BYTES)
  const profiles = profilesOf(report, labelsOf(place.selector) ?? new Map())
  for (const sent of profiles) await SEND[place.kind](place.address, access, sent)
  return profiles.length
}

function profilesOf({ evidence, run }: Report, more: Map<string, string>): Sent[] {
  const service = basename(run.plan.scenario).replace(/(?:\.scenario)?\.[cm]?[jt]s$/, '')
  const labelOf = new Map(evidence.subjects.map(({ id, label }) => [id, label]))
  return evidence.samples.flatMap(({ subject, round, window, collected }: Sample) => {
    const from = Date.parse(window.startedAt ?? run.startedAt)
    return Object.entries(collected).flatMap(([collector, { profile }]): Sent[] => {
      if (typeof profile !== 'string') return []
      const own = {
        version: labelOf.get(subject) ?? subject,
        round: String(round),
        collector,
        run: run.startedAt,
      }
      return [
        {
          service: more.get('service_name') ?? service,
          labels: new Map([...Object.entries(own), ...more]),
          from,
          until: from + Math.max(1_000, window.duration),
          content: encodePprof(withinLimits(decodePprof(Buffer.from(profile, 'base64')))),
        },
      ]
    })
  })
}

/** With one sample for each stack, and of too many only the largest; the rest has no stack, so that the sum stays. */
export function withinLimits(profile: Profile, most = MOST_SAMPLES): Profile {
  const { stack, values } = profile.samples
  const sums = new Map<number, number[]>()
  const add = (node: number, sample: number) => {
    const sum = sums.get(node) ?? values.map(() => 0)
    sums.set(node, sum)
    for (const [type, column] of values.entries()) sum[type]! += column[sample]!
  }
  for (const [sample, node] of stack.entries()) add(node, sample)
  const ranked = [...sums].toSorted(([, a], [, b]) => b.at(-1)! - a.at(-1)!)
  const [kept, rest] = [ranked.slice(0, most - 1), ranked.slice(most - 1)]
  const all =
    rest.length === 0 ? kept : [...kept, [-1, total(rest.map(([, sum]) => sum))] as [number, number[]]]
  return {
    ...profile,
    samples: {
      stack: Int32Array.from(all, ([node]) => node),
      values: values.map((_, type) => Float64Array.from(all, ([, sum]) => sum[type]!)),
      labels: new Map(),
    },
  }
}

const total = (rows: number[][]): number[] =>
  rows[0]!.map((_, type) => rows.reduce((sum, row) => sum + row[type]!, 0))

const SEND: Record<StorePlace['kind'], (address: string, access: Access, sent: Sent) => Promise<unknown>> = {
  pyroscope(address, access, { service, labels, from, until, content }) {
    const inside = [...labels].map(([name, text]) => `${name}=${plain(text)}`).join(',')
    const query = new URLSearchParams({
      name: `${plain(service)}{${inside}}`,
      from: String(Math.floor(from / 1_000)),
      until: String(Math.ceil(until / 1_000)),
      format: 'pprof',
      spyName: 'flamegate',
    })
    return answerOf(`${address}/ingest?${query}`, access, {
      method: 'POST',
      body: content,
      headers: { 'content-type': 'application/octet-stream' },
    })
  },
  parca(address, access, { service, labels, content }) {
    const all = new Map([['__name__', 'process_cpu'], ['job', service], ...labels])
    const series = {
      labels: { labels: Array.from(all, ([name, value]) => ({ name, value })) },
      samples: [{ rawProfile: Buffer.from(content).toString('base64') }],
    }
    return answerOf(`${address}/api/profiles/writeraw`, access, {
      method: 'POST',
      body: JSON.stringify({ series: [series] }),
      headers: { 'content-type': 'application/json' },
    })
  },
}

/** Signs that would end a label in the name of a series. */
const plain = (text: string): string => text.replaceAll(/[{},="\s]+/g, '_')
