/**
 * Grafana Pyroscope, by the API of its querier: Connect calls over HTTP. `SelectMergeProfile` answers with a whole pprof profile; other
 * calls leave out small functions.
 */
import { z } from 'zod'
import { protobuf } from './protobuf.ts'
import { type Access, answerOf, jsonOf } from './request.ts'
import type { ProfileStore, Series } from './store.ts'

const SERVICE = '/querier.v1.QuerierService'
const TYPE = '__profile_type__'

const seriesAnswer = z.object({
  labelsSet: z
    .array(
      z.object({
        labels: z.array(z.object({ name: z.string(), value: z.string().default('') })).default([]),
      }),
    )
    .default([]),
})

export function pyroscope(address: string, access: Access): ProfileStore {
  return {
    async series(selector, { from, to }, by) {
      const labelNames = by === undefined ? [TYPE] : [TYPE, by]
      const question = { matchers: [selector], labelNames, start: String(from), end: String(to) }
      const { labelsSet } = seriesAnswer.parse(await jsonOf(`${address}${SERVICE}/Series`, access, question))
      return labelsSet.flatMap(({ labels }): Series[] => {
        const known = new Map(labels.map(({ name, value }) => [name, value]))
        const type = known.get(TYPE)
        return type === undefined
          ? []
          : [{ type, part: by === undefined ? undefined : (known.get(by) ?? '') }]
      })
    },
    profile: (type, selector, { from, to }) =>
      answerOf(`${address}${SERVICE}/SelectMergeProfile`, access, {
        method: 'POST',
        headers: { 'content-type': 'application/proto' },
        body: protobuf([
          [1, type],
          [2, selector],
          [3, from],
          [4, to],
        ]),
      }),
  }
}
