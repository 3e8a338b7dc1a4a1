/** A service that computes, with the collectors whose cost is measured. */
import hello from '../../scenarios/hello.ts'

export default { ...hello, collectors: ['waits', 'states', 'off-cpu', 'system'] }
