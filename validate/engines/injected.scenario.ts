/** The scenario `injected` under the load of the engine that the environment chooses. */
import injected from '../../scenarios/injected.ts'

const { ENGINE = 'closed' } = process.env

export default { ...injected, load: { ...injected.load, engine: ENGINE } }
