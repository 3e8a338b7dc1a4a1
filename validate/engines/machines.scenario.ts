/** Two services on another machine, under the load of workers on more machines. */
import type { Scenario } from '../../harness/index.ts'
import { get } from '../../harness/index.ts'

const { BLUE = '', GREEN = '', GATE = '', CONNECTIONS = '2', AT_MOST = '500' } = process.env

export default {
  target: { name: 'shop' },
  variants: { blue: { url: BLUE }, green: { url: GREEN } },
  load: {
    engine: 'gate',
    listen: GATE,
    steps: [get('/')],
    connections: Number(CONNECTIONS),
    // Load for another machine needs a limit.
    atMost: Number(AT_MOST),
  },
  gates: { 'latency.p50': '+5%' },
} satisfies Scenario
