/** Requests as the text of a scenario file. */
import { UsageError } from '../../model/errors.ts'
import { MOST_STEPS } from '../../model/script.ts'
import { counted } from '../../words/numbers.ts'
import { visible } from '../../words/text.ts'
import { bodyPairs, key, literal } from './body.ts'
import { loadOf } from './load.ts'
import { capturedIn, type Omission, type Recorded, type Recording, UNKNOWN_ORIGIN } from './recorded.ts'
import { Secrets, variableOf } from './secrets.ts'
import { addressPairs, headersOf, stepOf } from './step.ts'

export interface ImportedScenario {
  text: string
  /** What the reader must know: what was left out, and which secrets are missing. */
  notes: string[]
}

const HELPERS = ['get', 'post', 'put', 'patch', 'del', 'request', 'json', 'form', 'multipart', 'raw']

/**
 * Makes a flow, or a mix, of the requests to the most frequent origin. `service` is the module that exports the target.
 * @throws UsageError when there is no request that can be sent
 */
export function scenarioOf(recording: Recording, service: string): ImportedScenario {
  const { requests, setup = [], file, tool, notes, advice } = recording
  const origin = mostFrequent((requests.length > 0 ? requests : setup).map(({ url }) => url.origin))
  const secrets = secretsOf([...setup.slice(0, MOST_READ), ...requests.slice(0, MOST_READ)])
  const writer = new Steps(recording, origin, secrets)
  const [before, steps] = [writer.of(setup, MOST_BEFORE), writer.of(requests, MOST_STEPS)]
  if (steps.length === 0)
    throw new UsageError(`${tool ? 'The file' : 'The HAR'} holds no request that can be sent.`, {
      place: file,
      details: notes.lines.length > 0 ? notes.lines.join('\n') : undefined,
      advice,
    })
  const load = loadOf(recording, writer.kept)
  const title = visible(tool ? `Taken from ${file} (${tool})` : `Recorded from ${origin}`)
  const all = steps.length + notes.left
  const number = tool ? counted(steps.length, 'request') : `${steps.length} of ${all} requests`
  const said = [`${title}: ${number}.`, ...notesOn(recording, secrets)]
  return {
    text: scenario({ steps, setup: before, ...load, title, notes: said, secrets, service }),
    notes: said,
  }
}

/** Each secret is looked for in each text, so the requests behind these are not read. */
const MOST_READ = 3 * MOST_STEPS

/** A setup cannot have more steps. */
const MOST_BEFORE = 100

function mostFrequent(values: string[]): string {
  const groups = [...Map.groupBy(values, value => value)]
  return groups.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? UNKNOWN_ORIGIN
}

/** Writes steps, and says which requests cannot become one. */
class Steps {
  readonly #recording: Recording
  readonly #origin: string
  readonly #secrets: Secrets
  /** Names that earlier steps capture. */
  readonly #known = new Set<string>()
  /** The requests that became steps, without those of the setup. */
  kept: Recorded[] = []

  constructor(recording: Recording, origin: string, secrets: Secrets) {
    this.#recording = recording
    this.#origin = origin
    this.#secrets = secrets
  }

  of(requests: Recorded[], most: number): string[] {
    const tooMany: Omission = [`after the first ${most}, the most that a script can have`]
    const steps: string[] = []
    this.kept = []
    for (const [at, recorded] of requests.entries()) {
      const isRead = at < MOST_READ && steps.length < most
      const refusal = isRead ? this.#refusal(recorded) : tooMany
      const step = refusal ?? stepOf(recorded, this.#secrets)
      if (typeof step !== 'string') {
        this.#recording.notes.leave(step, isRead ? recorded.place : undefined)
        continue
      }
      steps.push(step)
      this.kept.push(recorded)
      for (const name of Object.keys(recorded.capture ?? {})) this.#known.add(name)
    }
    return steps
  }

  #refusal(recorded: Recorded): Omission | undefined {
    const { url, place } = recorded
    if (url.origin !== this.#origin) {
      const host = url.origin === UNKNOWN_ORIGIN ? undefined : url.host
      return [place === undefined ? 'to other origins' : 'to another origin', host]
    }
    const missing = capturedIn(recorded).find(name => !this.#known.has(name))
    return missing === undefined ? undefined : ['that needs a value which no earlier step captures', missing]
  }
}

/** Collects all secrets before the first step is written, because a value that is secret in one place is secret everywhere. */
function secretsOf(all: Recorded[]): Secrets {
  const secrets = new Secrets(all.flatMap(({ capture = {} }) => Object.keys(capture)))
  for (const recorded of all) {
    for (const [name, value] of [...addressPairs(recorded), ...headersOf(recorded), ...bodyPairs(recorded)])
      secrets.note(name, value)
    secrets.noteCookies(headersOf(recorded).get('cookie') ?? '')
  }
  return secrets
}

function notesOn({ tool, notes }: Recording, secrets: Secrets): string[] {
  const all: string[] = []
  const list = (title: string, lines: string[]) => {
    if (lines.length > 0) all.push(title, ...lines.map(line => `- ${line}`))
  }
  list(tool ? 'Left out, or different:' : 'Left out:', notes.lines)
  const variables = secrets.variables.map(([, variable]) => variable)
  const isSecret = (variable: string) => variable.startsWith(variableOf(''))
  list(
    'Secrets are not in this file. Set them in the environment of a run, or log in and capture them in `setup`:',
    variables.filter(isSecret),
  )
  list(
    'Values that come from the environment of a run:',
    variables.filter(variable => !isSecret(variable)),
  )
  return all
}

interface Parts {
  setup: string[]
  steps: string[]
  /** Further fields of the load, and of the scenario, as lines. */
  load: string[]
  fields: string[]
  title: string
  notes: string[]
  secrets: Secrets
  service: string
}

const environment = (name: string): string =>
  /^[A-Za-z_]/.test(name) ? `process.env.${name}` : `process.env[${literal(name)}]`

function scenario({ setup, steps, load, fields, title, notes, secrets, service }: Parts): string {
  const used = HELPERS.filter(name =>
    [...setup, ...steps].some(step => new RegExp(`\\b${name}\\(`).test(step)),
  )
  const values = secrets.variables.map(
    ([name, variable]) => `        ${key(name)}: ${environment(variable)} ?? '',`,
  )
  const data = values.length > 0 ? ['    data: [', '      {', ...values, '      },', '    ],'] : []
  const lines = [
    ...notes.map(note => `// ${note}`),
    `import { defineScenario, ${used.join(', ')} } from 'flamegate'`,
    `import { service } from ${literal(service)}`,
    '',
    'export default defineScenario({',
    `  description: ${literal(title)},`,
    '  target: service,',
    '  load: {',
    ...(setup.length > 0 ? ['    setup: [', ...setup.map(step => `      ${step},`), '    ],'] : []),
    '    steps: [',
    ...steps.map(step => `      ${step},`),
    '    ],',
    ...data,
    ...load.map(line => `    ${line}`),
    '  },',
    ...fields.map(line => `  ${line}`),
    '  sameAnswers: false, // answers may hold dates and ids; with true, those that differ end the run',
    '})',
  ]
  return `${lines.join('\n')}\n`
}
