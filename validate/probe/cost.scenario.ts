import { defineScenario, get } from 'flamegate'

const store = { folder: process.env.PROBE_STORE ?? '/tmp/flamegate-probe-cost' }
const probe = (options: object) => ({
  environment: { PROBE: JSON.stringify({ service: 'shop', ...options }) },
})

/** `server`, which is little more than Node, or `express`. */
const service = process.env.PROBE_SERVICE ?? 'server'

const { PROBE_AGENT: AGENT, PROBE_AGENT_SERVER: AGENT_SERVER } = process.env

/** One service without the probe, with one that only counts, with one that records all the time, and with another agent. */
export default defineScenario({
  description: 'What the probe costs.',
  target: {
    name: service,
    command: ['node', `${service}.cjs`],
    directory: import.meta.dirname,
  },
  variants: {
    without: {},
    idle: probe({}),
    continuous: probe({ store }),
    ...(AGENT && AGENT_SERVER && { agent: { environment: { AGENT, AGENT_SERVER } } }),
  },
  baseline: 'without',
  load: { steps: [get('/orders/17')] },
  collectors: [],
  gates: { 'cpu.perRequest': '+1%' },
})
