import { defineScenario, get } from 'flamegate'
import { hello } from '../targets/hello/target.ts'

export default defineScenario({
  description: 'The smallest one: the same greeting, mapped and joined or built up in a loop.',
  target: hello,
  variants: {
    template: { environment: { GREETER: 'template' } },
    concat: { environment: { GREETER: 'concat' } },
  },
  baseline: 'template',
  load: { steps: [get('/')] },
})
