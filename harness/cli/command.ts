/** The interface of a command, and of the engine that commands drive. */
import type { Capabilities } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import type { RunRecord } from '../model/record.ts'
import type { Report } from '../model/report.ts'
import type { World } from '../model/world.ts'
import type { Arguments } from './arguments.ts'
import type { Machine } from './doctor/machine.ts'
import type { FlagName } from './flags.ts'
import type { Host } from './host.ts'

/** First words of the command line that are commands; any other is a scenario. */
export const COMMAND_NAMES = [
  'ci',
  'merge',
  'accept',
  'init',
  'list',
  'capacity',
  'doctor',
  'report',
  'compare',
  'compare-packages',
  'diff',
  'profile',
  'export',
  'token',
  'serve',
  'open',
  'resume',
  'clean',
] as const

export const isCommandName = (name: string): boolean => COMMAND_NAMES.some(command => command === name)

export interface Engine {
  runPlan(plan: Plan, world: World, capabilities: Capabilities, earlier?: RunRecord): Promise<Report>
  /** Includes the plugins that the folder's configuration names. */
  loadCapabilities(directory: string): Promise<Capabilities>
  inspectMachine(world: World): Promise<Machine>
}

export interface Command {
  /** The words after its name, for example `<record> <record>`; exactly that many, unless one has `…` or `[`. */
  operands: string
  /** Its line in the help. */
  help: string
  /** What its own help says, if that is more. */
  details?: string
  /** Flags that it takes, in addition to `--help` and `--version`. */
  flags: readonly FlagName[]
  /** Whether the settings of the configuration apply to it. */
  configurable?: boolean
  /**
   * @param given words without the command's name
   * @returns the exit code, if it is not 0; the caller prints what is thrown on stderr
   */
  run(given: Arguments, host: Host, engine: Engine): Promise<number | undefined>
}

const NUMBERS = ['nothing', 'one operand', 'two operands', 'three operands']

/** @throws UsageError when a command that lists its operands gets more or fewer; `…` and `[…]` leave it to the command */
export function checkOperands(name: string, { operands, help }: Command, words: string[]): void {
  const wanted = operands === '' ? 0 : operands.split(' ').length
  if (words.length === wanted || /[…[]/.test(operands)) return
  const given = words.length === 0 ? 'none was' : `${words.length} ${words.length === 1 ? 'was' : 'were'}`
  throw new UsageError(`\`${name}\` takes ${NUMBERS[wanted]}, and ${given} given.`, {
    advice: `Write \`${['npx flamegate', name, operands].filter(Boolean).join(' ')}\` to ${help}.`,
  })
}
