/** What a command is, and what all of them drive. */
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

/** By the first word of the command line; any other first word is a scenario. */
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
  'open',
  'resume',
  'clean',
] as const

export const isCommandName = (name: string): boolean => COMMAND_NAMES.some(command => command === name)

export interface Engine {
  runPlan(plan: Plan, world: World, capabilities: Capabilities, earlier?: RunRecord): Promise<Report>
  /** With the plugins that the configuration of the folder names. */
  loadCapabilities(directory: string): Promise<Capabilities>
  inspectMachine(world: World): Promise<Machine>
}

export interface Command {
  /** What stands behind its name, for example `<record> <record>`. */
  operands: string
  /** Its line in the help. */
  help: string
  /** What its own help says beyond that. */
  details?: string
  /** Flags that mean something to it; `--help` and `--version` always do. */
  flags: readonly FlagName[]
  /** Whether the configuration's settings are meant for it too. */
  configurable?: boolean
  /**
   * @param given words without the command's name
   * @returns the exit code; what is thrown is told on stderr by the caller
   */
  run(given: Arguments, host: Host, engine: Engine): Promise<number>
}

const NUMBERS = ['nothing', 'one operand', 'two operands', 'three operands']

/**
 * The words that a command takes, exactly as many as its table says.
 *
 * @throws UsageError when there are more or fewer
 */
export function expectOperands(
  name: string,
  { operands }: Pick<Command, 'operands'>,
  words: string[],
): string[] {
  const wanted = operands === '' ? 0 : operands.split(' ').length
  if (words.length === wanted) return words
  const given = words.length === 0 ? 'none was' : `${words.length} ${words.length === 1 ? 'was' : 'were'}`
  throw new UsageError(`\`${name}\` takes ${NUMBERS[wanted]}, and ${given} given.`, {
    advice: `Write \`npx flamegate ${name} ${operands}\`.`,
  })
}
