import { defineScenario, get } from 'flamegate'
import { serializer } from '../targets/serializer/target.ts'

export default defineScenario({
  description: 'Three ways to serialise the same payloads in one HTTP service.',
  target: serializer,
  variants: {
    json: { label: 'JSON.stringify', environment: { SERIALIZER: 'json' } },
    fast: { label: 'fast-json-stringify', environment: { SERIALIZER: 'fast' } },
    safe: { label: 'safe-stable-stringify', environment: { SERIALIZER: 'safe' } },
  },
  baseline: 'json',
  load: { steps: [get('/small'), get('/list'), get('/escape'), get('/deep')] },
})
