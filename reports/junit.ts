/** JUnit XML, as CI systems read it: a scenario is a suite, a gate is a test case. */
import type { Artifact, Reporter } from '../harness/model/capabilities.ts'
import type { GateVerdict, Outcome, Problem, Report } from '../harness/model/report.ts'
import { type Effect, effectOf, unmeasuredOf } from '../harness/words/verdicts.ts'
import { culprits } from './shared/culprits.ts'
import { gateName, outcomeOf, visibleLines } from './shared/outcomes.ts'
import { isQuick, timeMeasured } from './shared/pairs.ts'

type Kind = 'failure' | 'error' | 'skipped' | 'passed'

interface Case {
  kind: Kind
  xml: string
}

/** An inconclusive gate is neutral: JUnit's word for that is a skipped test. */
export function renderJunit(outcomes: Outcome[]): string {
  const suites = outcomes.map(outcome => ({ outcome, cases: casesOf(outcome), time: timeOf(outcome) }))
  const body = suites.map(({ outcome, cases, time }) => {
    const attributes = { name: outcome.scenario, file: outcome.file, ...counts(cases, time) }
    return element('testsuite', attributes, `\n${cases.map(it => it.xml).join('\n')}\n`)
  })
  const time = suites.reduce((sum, suite) => sum + suite.time, 0)
  const all = counts(
    suites.flatMap(({ cases }) => cases),
    time,
  )
  const content = element('testsuites', { name: 'flamegate', ...all }, `\n${body.join('\n')}\n`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${content}\n`
}

function counts(cases: Case[], time: number) {
  const count = (kind: Kind) => cases.filter(it => it.kind === kind).length
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: time.toFixed(3),
  }
}

/** Seconds. */
const timeOf = ({ report }: Outcome): number =>
  report && report.verdict.gates.length > 0 ? timeMeasured(report) / 1000 : 0

function casesOf(outcome: Outcome): Case[] {
  const { report } = outcome
  const cases = report?.verdict.gates.map(gate => gateCase(outcome, report, gate)) ?? []
  const problem = unmeasuredOf(outcome)
  // A job that fails although no gate does has to say why.
  if (problem && !cases.some(({ kind }) => kind === 'error')) cases.push(problemCase(outcome, problem))
  if (cases.length > 0) return cases
  const skipped = element('skipped', { message: 'The scenario has no gates.' })
  return [{ kind: 'skipped', xml: testCase(outcome, 'measured', undefined, skipped) }]
}

const testCase = ({ scenario, file }: Outcome, name: string, line: number | undefined, content: string) =>
  element('testcase', { name, classname: `flamegate.${scenario}`, file, line }, content)

function problemCase(outcome: Outcome, { message, place, advice, details }: Problem): Case {
  const text = xml([place, details, advice].filter(Boolean).join('\n'))
  const error = element('error', { message, type: 'not measured' }, text)
  return { kind: 'error', xml: testCase(outcome, 'measured', undefined, error) }
}

const KINDS: Record<Effect, Kind> = {
  fails: 'failure',
  unmeasured: 'error',
  neutral: 'skipped',
  warns: 'passed',
  accepted: 'passed',
  passes: 'passed',
}

function gateCase(outcome: Outcome, report: Report, gate: GateVerdict): Case {
  const kind = isQuick(report) ? 'skipped' : KINDS[effectOf(gate)]
  const name = `${gate.variant}: ${gateName(report, gate)}`
  return { kind, xml: testCase(outcome, name, gate.gate.line, contentOf(kind, report, gate)) }
}

function contentOf(kind: Kind, report: Report, gate: GateVerdict): string {
  const message = `${gate.status}: ${gate.reason}`
  if (kind === 'passed') return element('system-out', {}, xml(message))
  if (kind === 'skipped') return element('skipped', { message })
  const text = [message, ...culprits(report, gate.variant)].join('\n')
  return element(kind, { message, type: gate.status }, xml(text))
}

const ENTITIES: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }

/**
 * Text as XML takes it: characters that a document cannot contain become `\u{…}`, those with a meaning entities. Line
 * breaks become references, so that an attribute keeps them too.
 */
const xml = (text: string): string =>
  visibleLines(text.replace(/[\ufffe\uffff]/g, '\ufffd'))
    .map(line => line.replace(/[&<>"']/g, c => `&${ENTITIES[c]};`))
    .join('&#10;')

/** `<name key="value">`, content and end tag; an attribute without a value is left out. */
function element(name: string, attributes: Record<string, string | number | undefined>, content = '') {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${xml(String(value))}"`)
    .join('')
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`
}

const reporter: Reporter = {
  name: 'junit',
  render: (report): Artifact[] => [{ path: 'junit.xml', content: renderJunit([outcomeOf(report)]) }],
}

export default reporter
