/** Parca, by the HTTP gateway of its query API. */
import { z } from 'zod'
import { type Access, jsonOf } from './request.ts'
import type { ProfileStore, Stretch } from './store.ts'

const typesAnswer = z.object({
  types: z
    .array(
      z.object({
        name: z.string(),
        sampleType: z.string(),
        sampleUnit: z.string(),
        periodType: z.string().default(''),
        periodUnit: z.string().default(''),
        delta: z.boolean().default(false),
      }),
    )
    .default([]),
})
const valuesAnswer = z.object({ labelValues: z.array(z.string()).default([]) })
const queryAnswer = z.object({ pprof: z.string().default('') })

const moments = ({ from, to }: Stretch) => ({
  start: new Date(from).toISOString(),
  end: new Date(to).toISOString(),
})

export function parca(address: string, access: Access): ProfileStore {
  const ask = (path: string, question: Record<string, string>) =>
    jsonOf(`${address}/api/profiles/${path}?${new URLSearchParams(question)}`, access)
  return {
    /** Parca knows the types of all series together, so what a selector lacks has empty profiles. */
    async series(selector, stretch, by) {
      const { types } = typesAnswer.parse(await ask('types', {}))
      const names = types.map(({ name, sampleType, sampleUnit, periodType, periodUnit, delta }) =>
        [name, sampleType, sampleUnit, periodType, periodUnit, ...(delta ? ['delta'] : [])].join(':'),
      )
      if (by === undefined) return names.map(type => ({ type }))
      const path = `labels/${encodeURIComponent(by)}/values`
      const { labelValues } = valuesAnswer.parse(await ask(path, { ...moments(stretch), match: selector }))
      return names.flatMap(type => labelValues.map(part => ({ type, part })))
    },
    async profile(type, selector, stretch) {
      const { start, end } = moments(stretch)
      const { pprof } = queryAnswer.parse(
        await ask('query', {
          query: type + selector,
          mode: 'MODE_MERGE',
          'merge.start': start,
          'merge.end': end,
          report_type: 'REPORT_TYPE_PPROF',
        }),
      )
      return Buffer.from(pprof, 'base64')
    },
  }
}
