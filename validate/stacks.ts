/**
 * Fresh projects of many stacks, and the same four commands in each: install, `init`, a run against itself, and a run against
 * the last commit with a planted regression. Nothing is edited by hand.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { duration } from '../harness/words/numbers.ts'
import { type Packed, pack } from '../packaging/pack.ts'
import type { Experiment, Target } from './experiment.ts'
import type { ReportDocument } from './flamegate.ts'
import { printTable, tableOf } from './print.ts'
import { Project } from './project.ts'
import { PLANTED, QUICK, STACKS, type Stack } from './stacks/known-stacks.ts'

/** Characters of a failure that the table shows. */
const SHOWN = 160

interface Outcome {
  stack: Stack
  /** What each command came to: `ok`, or what went wrong. */
  init: string
  first: string
  planted: string
  /** Milliseconds. */
  time: number
}

const stacks: Experiment = {
  shows:
    'Four commands in a fresh project of each stack, the last with a planted regression (an hour; quick: one stack in three minutes).',
  flags: {
    names: {
      value: 'NUMBERS',
      help: `some of ${STACKS.map(({ name }, at) => `${at + 1} ${name}`).join('; ')}`,
    },
  },
  async *run({ flags, quick, signal }) {
    const chosen = stacksOf(flags.text('names'), quick)
    const packed = pack()
    const outcomes: Outcome[] = []
    try {
      for (const stack of chosen) {
        if (signal.aborted) break
        const outcome = tried(stack, packed)
        outcomes.push(outcome)
        yield* targetsOf(outcome)
      }
    } finally {
      packed.remove()
    }
    printTable(tableOf('Four commands', outcomes, COLUMNS))
  },
}

export default stacks

function stacksOf(names: string | undefined, quick: boolean): Stack[] {
  if (names === undefined) return STACKS.filter(({ name }) => !quick || QUICK.includes(name))
  const numbers = names.split(',').map(Number)
  return STACKS.filter((_, at) => numbers.includes(at + 1))
}

const COLUMNS: Record<string, (outcome: Outcome) => string> = {
  stack: ({ stack }) => stack.name,
  init: ({ init }) => init,
  '--aa --quick': ({ first }) => first,
  '--baseline git:HEAD': ({ planted }) => planted,
  time: ({ time }) => duration(time),
}

const targetsOf = ({ stack, init, first, planted }: Outcome): Target[] =>
  Object.entries({ init, '--aa --quick': first, 'the planted regression': planted }).map(([what, value]) => ({
    name: `${stack.name}: ${what}`,
    value,
    bound: 'ok',
    met: value.startsWith('ok'),
  }))

/** The project is kept where something went wrong. */
function tried(stack: Stack, packed: Packed): Outcome {
  const project = new Project('shop', stack.manager)
  const began = performance.now()
  const outcome: Outcome = { stack, init: '–', first: '–', planted: '–', time: 0 }
  try {
    prepare(stack, project, packed)
    outcome.init = said(project.flamegate('init', '-y'), 0)
    project.git('init', '--quiet', '--initial-branch=main')
    project.commit('A service')
    outcome.first = said(project.flamegate('shop', '--aa', '--quick'), 0)
    plant(stack, project)
    outcome.planted = judged(stack, project.flamegate('shop', '--baseline', 'git:HEAD', '--json'))
  } catch (error) {
    outcome.init = shortened(error instanceof Error ? error.message : String(error))
  }
  outcome.time = performance.now() - began
  if (targetsOf(outcome).every(({ met }) => met)) project.remove()
  else console.error(`The project is kept in ${project.folder}`)
  return outcome
}

function prepare(
  { starter = [], packages = [], development = [], files }: Stack,
  project: Project,
  packed: Packed,
) {
  for (const [program, ...args] of starter) project.begin(program!, ...args)
  project.write({
    ...files,
    '.gitignore':
      'node_modules/\ndist/\nbuild/\n.react-router/\n.svelte-kit/\n.output/\n.nitro/\n.next/\n.bench/\n.yarn/\n.pnp.*\n',
  })
  project.write({ 'vendor/flamegate.tgz': readFileSync(packed.tarball) })
  if (starter.length > 0 || packages.length > 0) project.add(...packages)
  if (development.length > 0) project.add('-D', ...development)
  project.add('-D', 'flamegate@file:./vendor/flamegate.tgz')
}

function plant({ source }: Stack, project: Project): void {
  const text = project.read(source)
  if (!text.includes(PLANTED.before)) throw new Error(`${source} has no place for the regression.`)
  project.write({ [source]: text.replace(PLANTED.before, PLANTED.after) })
}

type Ran = ReturnType<Project['flamegate']>

function said({ status, stdout, stderr }: Ran, expected: number): string {
  if (status === expected) return 'ok'
  return shortened(`exit code ${status}: ${stderr.trim() || stdout.trim()}`)
}

/** The first sentence must name the function at its line in the source. */
function judged(
  { source, isInlined = false, isUnmapped = false, isForeign = false }: Stack,
  ran: Ran,
): string {
  if (ran.status !== 1) return said(ran, 1)
  if (isForeign) return 'ok, without a profile'
  const { culprits }: ReportDocument = JSON.parse(ran.stdout)
  const [first] = culprits
  if (!first) return 'no function is named'
  // V8 may have compiled it into its caller in some launches. Then the sentence says which call costs more.
  const { cause } = first
  const told = [
    { name: first.function, file: first.file, line: first.line },
    ...(cause.kind === 'own work'
      ? []
      : [{ name: cause.callee, file: cause.file ?? '', line: cause.line ?? 0 }]),
  ]
  const words = told.map(({ name, file, line }) => `${name} ${basename(file)}:${line}`).join(', ')
  const isRight = told.some(
    ({ name, file, line }) =>
      (isInlined || name === 'total') && (isUnmapped || file.endsWith(basename(source))) && line > 0,
  )
  return isRight ? `ok, ${words}` : `named ${words}`
}

const shortened = (text: string): string => {
  const plain = text.replaceAll(/\s+/g, ' ').replaceAll('|', '/')
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}…` : plain
}
