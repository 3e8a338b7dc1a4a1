/** A service that waits, with the collectors whose cost is measured. */
import shop from '../waiting/shop.scenario.ts'

export default { ...shop, gates: {}, collectors: ['waits', 'states', 'off-cpu', 'system'] }
