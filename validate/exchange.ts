/** `flamegate serve`: real agents that push to it, kills while it receives, how much it takes, whom it withstands, and what it tells. */
import { clients } from './exchange/clients.ts'
import { firstFlame } from './exchange/first-flame.ts'
import { hostile } from './exchange/hostile.ts'
import { injected } from './exchange/injected.ts'
import { kills } from './exchange/kills.ts'
import { volume } from './exchange/volume.ts'
import { type Experiment, inParts, only } from './experiment.ts'

/** Short ones first. */
const parts = { hostile, volume, kills, clients, 'first-flame': firstFlame, injected }

const exchange: Experiment = {
  shows:
    'What agents push arrives whole, and stays (an hour and a half; quick: fewer of everything, in three minutes).',
  flags: only(parts),
  run: context => inParts(parts, context),
}

export default exchange
