/** The smallest service with every repeatable collector, to see what each costs there. */
import { defineScenario } from 'flamegate'
import hello from '../../scenarios/hello.ts'

export default defineScenario({
  ...hello,
  name: 'hello-profiled',
  collectors: ['cpu', 'stalls', 'allocation', 'event-loop', 'gc', 'heap'],
})
