/** JUnit XML, as CI systems read it: a scenario is a suite, a gate is a test case. */

import type { Artifact, Reporter } from '../harness/model/capabilities.ts'
import type { GateVerdict, Outcome, Problem, Report } from '../harness/model/report.ts'
import { visible } from '../harness/words/text.ts'
import { type Effect, effectOf, unmeasuredOf } from '../harness/words/verdicts.ts'
import { culprits } from './shared/culprits.ts'
import { gateName, outcomeOf } from './shared/outcomes.ts'
import { isQuick, timeMeasured } from './shared/pairs.ts'

interface Suite {
  tests: string[]
  failures: number
  errors: number
  skipped: number
  /** Seconds. */
  time: number
}

/** An inconclusive gate is neutral: JUnit's word for that is a skipped test. */
export function renderJunit(outcomes: Outcome[]): string {
  const suites = outcomes.map(outcome => ({ outcome, suite: suiteOf(outcome) }))
  const body = suites.map(({ outcome, suite }) =>
    element(
      'testsuite',
      { name: outcome.scenario, file: outcome.file, ...counts([suite]) },
      `\n${suite.tests.join('\n')}\n`,
    ),
  )
  const all = counts(suites.map(({ suite }) => suite))
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'flamegate', ...all }, `\n${body.join('\n')}\n`)}\n`
}

function counts(suites: Suite[]) {
  const sum = (pick: (suite: Suite) => number) => suites.reduce((total, suite) => total + pick(suite), 0)
  return {
    tests: sum(({ tests }) => tests.length),
    failures: sum(({ failures }) => failures),
    errors: sum(({ errors }) => errors),
    skipped: sum(({ skipped }) => skipped),
    time: sum(({ time }) => time).toFixed(3),
  }
}

function suiteOf(outcome: Outcome): Suite {
  const { report } = outcome
  const gates = report?.verdict.gates ?? []
  const unmeasured = unmeasuredOf(outcome)
  if (!report || gates.length === 0) {
    const problem = unmeasured ?? { message: 'The scenario has no gates.' }
    const failed = unmeasured !== undefined
    const test = testCase(outcome, 'measured', undefined, [problemElement(problem, failed)])
    return { tests: [test], failures: 0, errors: Number(failed), skipped: Number(!failed), time: 0 }
  }
  const results = gates.map(gate => resultOf(report, gate))
  const count = (kind: Result['kind']) => results.filter(it => it.kind === kind).length
  const tests = results.map(({ gate, content }) =>
    testCase(outcome, `${gate.variant}: ${gateName(report, gate)}`, gate.gate.line, content),
  )
  // A job that fails although no gate does has to say why.
  const alone = unmeasured !== undefined && count('error') === 0
  return {
    tests: alone
      ? [...tests, testCase(outcome, 'measured', undefined, [problemElement(unmeasured, true)])]
      : tests,
    failures: count('failure'),
    errors: count('error') + Number(alone),
    skipped: count('skipped'),
    time: timeMeasured(report) / 1000,
  }
}

const testCase = ({ scenario, file }: Outcome, name: string, line: number | undefined, content: string[]) =>
  element('testcase', { name, classname: `flamegate.${scenario}`, file, line }, content.join(''))

const problemElement = ({ message, place, advice, details }: Problem, failed: boolean) =>
  failed
    ? element(
        'error',
        { message, type: 'not measured' },
        xml([place, details, advice].filter(Boolean).join('\n')),
      )
    : element('skipped', { message })

interface Result {
  gate: GateVerdict
  kind: 'failure' | 'error' | 'skipped' | 'passed'
  content: string[]
}

const KINDS: Record<Effect, Result['kind']> = {
  fails: 'failure',
  unmeasured: 'error',
  neutral: 'skipped',
  warns: 'passed',
  accepted: 'passed',
  passes: 'passed',
}

function resultOf(report: Report, gate: GateVerdict): Result {
  const kind = isQuick(report) ? 'skipped' : KINDS[effectOf(gate)]
  const message = `${gate.status}: ${gate.reason}`
  if (kind === 'passed') return { gate, kind, content: [element('system-out', {}, xml(message))] }
  if (kind === 'skipped') return { gate, kind, content: [element('skipped', { message })] }
  const text = [message, ...culprits(report, gate.variant)].join('\n')
  return { gate, kind, content: [element(kind, { message, type: gate.status }, xml(text))] }
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/**
 * Text as XML takes it: characters that a document cannot contain become `\u{…}`, those with a meaning entities. Line
 * breaks become references, so that an attribute keeps them too.
 */
const xml = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(line => visible(line.replace(/[\ufffe\uffff]/g, '\ufffd')).replace(/[&<>"']/g, c => ENTITIES[c]!))
    .join('&#10;')

/** `<name key="value">`, content and end tag; an attribute without a value is left out. */
function element(
  name: string,
  attributes: Record<string, string | number | undefined>,
  content = '',
): string {
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
