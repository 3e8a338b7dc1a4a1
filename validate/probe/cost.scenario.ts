import { defineScenario, get } from 'flamegate'

const store = { folder: process.env.PROBE_STORE ?? '/tmp/flamegate-probe-cost' }
const probe = (options: object) => ({
  environment: { PROBE: JSON.stringify({ service: 'shop', ...options }) },
})

/** One service without the probe, with one that only counts, and with one that records all the time. */
export default defineScenario({
  description: 'What the probe costs.',
  target: {
    name: 'probed',
    command: ['node', 'server.cjs'],
    directory: import.meta.dirname,
  },
  variants: {
    without: {},
    idle: probe({ triggers: { loopDelay: false } }),
    continuous: probe({ store }),
  },
  baseline: 'without',
  load: { steps: [get('/')] },
  collectors: [],
  gates: { 'cpu.perRequest': '+1%' },
})
