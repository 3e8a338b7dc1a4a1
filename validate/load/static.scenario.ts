import { defineScenario, get } from 'flamegate'

export default defineScenario({
  description: 'A server that is faster than any load generator in Node.',
  target: { name: 'static', command: ['node', 'static.js'], directory: import.meta.dirname },
  variants: { one: {}, other: {} },
  baseline: 'one',
  load: { steps: [get('/')], connections: 20 },
  collectors: [],
  gates: { throughput: '-5%', 'cpu.perRequest': '+5%' },
})
