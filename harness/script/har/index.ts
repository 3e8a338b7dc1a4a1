/** A recording of a browser (HAR 1.2) as the text of a scenario file. */
import { UsageError } from '../../model/errors.ts'
import { MOST_STEPS } from '../../model/script.ts'
import { bodyPairs, key, literal } from './body.ts'
import { ADVICE, countedOmissions, entriesOf, type Omission, type Recorded, recordedIn } from './entries.ts'
import { Secrets, variableOf } from './secrets.ts'
import { addressPairs, headersOf, stepOf } from './step.ts'

export interface HarScenario {
  text: string
  /** What the reader must know: what was left out, and which secrets are missing. */
  notes: string[]
}

const HELPERS = ['get', 'post', 'put', 'patch', 'del', 'request', 'json', 'form', 'multipart', 'raw']

/**
 * Makes a flow from the recorded requests to the most frequent origin. `service` is the module that exports the target.
 * @throws UsageError when the file is not a HAR or has no request that can be sent
 */
export function scenarioFromHar(content: string | Uint8Array, service: string): HarScenario {
  const left: Omission[] = []
  const own = recordedIn(entriesOf(content), left)
  const secrets = secretsOf(own)
  const steps: string[] = []
  for (const recorded of own) {
    const step = steps.length < MOST_STEPS ? stepOf(recorded, secrets) : TOO_MANY
    if (typeof step === 'string') steps.push(step)
    else left.push(step)
  }
  if (steps.length === 0)
    throw new UsageError('The HAR holds no request that can be sent.', {
      details: left.length > 0 ? countedOmissions(left).join('\n') : undefined,
      advice: ADVICE,
    })
  const origin = own[0]!.url.origin
  const notes = notesOn(steps.length, origin, left, secrets)
  return { text: scenario({ steps, origin, notes, secrets, service }), notes }
}

const TOO_MANY: Omission = [`after the first ${MOST_STEPS}, the most that a script can have`]

/** Collects all secrets before the first step is written, because a value that is secret in one place is secret everywhere. */
function secretsOf(all: Recorded[]): Secrets {
  const secrets = new Secrets()
  for (const recorded of all) {
    for (const [name, value] of [...addressPairs(recorded), ...headersOf(recorded), ...bodyPairs(recorded)])
      secrets.note(name, value)
    secrets.noteCookies(headersOf(recorded).get('cookie') ?? '')
  }
  return secrets
}

function notesOn(steps: number, origin: string, left: Omission[], secrets: Secrets): string[] {
  const notes = [`Recorded from ${origin}: ${steps} of ${steps + left.length} requests.`]
  if (left.length > 0) notes.push('Left out:', ...countedOmissions(left).map(line => `- ${line}`))
  if (secrets.names.length > 0)
    notes.push(
      'Secrets are not in this file. Set them in the environment of a run, or log in and capture them in `setup`:',
      ...secrets.names.map(name => `- ${variableOf(name)}`),
    )
  return notes
}

interface Parts {
  steps: string[]
  origin: string
  notes: string[]
  secrets: Secrets
  service: string
}

function scenario({ steps, origin, notes, secrets, service }: Parts): string {
  const used = HELPERS.filter(name => steps.some(step => new RegExp(`\\b${name}\\(`).test(step)))
  const values = secrets.names.map(name => `        ${key(name)}: process.env.${variableOf(name)} ?? '',`)
  const data = values.length > 0 ? `\n    data: [\n      {\n${values.join('\n')}\n      },\n    ],` : ''
  return `${notes.map(note => `// ${note}\n`).join('')}import { defineScenario, ${used.join(', ')} } from 'flamegate'
import { service } from ${literal(service)}

export default defineScenario({
  description: ${literal(`Recorded from ${origin}`)},
  target: service,
  load: {
    steps: [
${steps.map(step => `      ${step},`).join('\n')}
    ],${data}
  },
  sameAnswers: false, // what was recorded may hold dates and ids; with true, answers that differ end the run
})
`
}
