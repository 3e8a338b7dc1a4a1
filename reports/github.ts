/**
 * Workflow commands for GitHub Actions: a gate that is not fine becomes an annotation on its line of the scenario, and a
 * function of the repository that caused it becomes one on the function's line.
 */
import type { Artifact, Reporter } from '../harness/model/capabilities.ts'
import type { GateVerdict, Outcome, Report } from '../harness/model/report.ts'
import { type Effect, effectOf, unmeasuredOf } from '../harness/words/verdicts.ts'
import { type Cause, causes } from './shared/culprits.ts'
import { gateName, outcomeOf, visibleLines } from './shared/outcomes.ts'
import { isQuick } from './shared/pairs.ts'

/** GitHub shows ten annotations of a type for each step and drops the others in silence. */
const MOST = 10

type Type = 'error' | 'warning' | 'notice'

interface Annotation {
  type: Type
  file: string
  line: number
  title: string
  message: string
}

const TYPES: Record<Effect, Type | null> = {
  fails: 'error',
  unmeasured: 'error',
  warns: 'warning',
  accepted: 'notice',
  neutral: 'notice',
  passes: null,
}

/** Lines for the log of a step; none if everything is fine. */
export function renderAnnotations(outcomes: Outcome[]): string {
  const all = outcomes.flatMap(annotations)
  const shown = (['error', 'warning', 'notice'] as const).flatMap(type =>
    capped(all.filter(it => it.type === type)),
  )
  return shown.map(it => `${command(it)}\n`).join('')
}

/** The last one says how many are hidden. */
function capped(all: Annotation[]): Annotation[] {
  if (all.length <= MOST) return all
  const title = `${all.length - MOST + 1} more`
  const message = 'The summary of this job lists them all.'
  return [...all.slice(0, MOST - 1), { ...all[MOST - 1]!, line: 1, title, message }]
}

function annotations(outcome: Outcome): Annotation[] {
  const { scenario, file, report } = outcome
  const gates = annotatedGates(outcome)
  const problem = unmeasuredOf(outcome)
  // A gate that could not be measured has already said so, on a better line.
  if (!problem || (report && gates.some(({ type }) => type === 'error'))) return gates
  const message = [problem.message, problem.place, problem.details, problem.advice].filter(Boolean).join('\n')
  return [{ type: 'error', file, line: 1, title: `${scenario}: not measured`, message }, ...gates]
}

function annotatedGates(outcome: Outcome): Annotation[] {
  const { scenario, file, report } = outcome
  if (!report || isQuick(report)) return []
  const all = report.verdict.gates.flatMap(gate => {
    const type = TYPES[effectOf(gate)]
    if (type === null) return []
    const title = `${scenario}: ${gate.variant} ${gate.status}`
    const found = gate.status === 'regressed' ? causes(report, gate.variant) : []
    const placed = found.map(cause => ({ ...cause, at: placeIn(outcome, cause) }))
    const message = messageOf(
      report,
      gate,
      placed.filter(({ at }) => !at),
    )
    return [
      { type, file, line: gate.gate.line ?? 1, title, message },
      ...placed.flatMap(({ text, at }) => (at ? [{ type, ...at, title, message: text }] : [])),
    ]
  })
  // Two gates of a variant have the same causes.
  return all.filter((it, at) => all.findIndex(other => isSame(it, other)) === at)
}

const isSame = (a: Annotation, b: Annotation): boolean =>
  a.file === b.file && a.line === b.line && a.message === b.message

/** Where in the repository a cause is; `undefined` for what is outside of it, in a package or in the baseline's checkout. */
function placeIn({ file, report }: Outcome, { place }: Cause): Pick<Annotation, 'file' | 'line'> | undefined {
  const { file: absolute, checkout } = report!.run.plan
  const scenario = slashed(absolute)
  if (!place || !scenario.endsWith(`/${file}`)) return undefined
  const root = scenario.slice(0, -file.length)
  const path = slashed(place.path)
  const isOwn = path.startsWith(root) && !path.includes('/node_modules/')
  if (!isOwn || (checkout && path.startsWith(`${slashed(checkout.folder)}/`))) return undefined
  return { file: path.slice(root.length), line: place.line }
}

const slashed = (path: string): string => path.replaceAll('\\', '/')

function messageOf(report: Report, gate: GateVerdict, found: Cause[]): string {
  const first = `${gateName(report, gate)}: ${gate.reason}`
  if (gate.status === 'inconclusive') return `${first}\nThis is neutral: it fails nothing.`
  return [first, ...found.map(({ text }) => text)].join('\n')
}

const command = ({ type, file, line, title, message }: Annotation): string =>
  `::${type} file=${property(file)},line=${line},title=${property(title)}::${data(message)}`

/** Characters that would end the command or begin another one are escaped GitHub's way; other controls are made visible. */
const data = (text: string): string => visibleLines(text.replaceAll('%', '%25')).join('%0A')

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

const reporter: Reporter = {
  name: 'github',
  render: (report): Artifact[] => [{ path: '', content: renderAnnotations([outcomeOf(report)]) }],
}

export default reporter
