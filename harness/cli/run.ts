/** The command line: argv in, exit code out. Everything that it touches is passed in. */
import { relative } from 'node:path'
import { version } from '../measure/index.ts'
import { UsageError } from '../model/errors.ts'
import { findScenarios, programOf, quote } from '../plan/index.ts'
import { type Arguments, configured, parseArguments } from './arguments.ts'
import { type Command, checkOperands, type Engine } from './command.ts'
import { COMMANDS, DEFAULT } from './commands/index.ts'
import type { Host } from './host.ts'
import { refuseSwallowedFlags } from './npm-trap.ts'
import { FINE, tellProblem } from './outcome.ts'
import { commandHelp, help } from './reference.ts'

/** Never rejects: problems go to stderr and into the exit code. */
export async function run(argv: string[], host: Host, engine: Engine): Promise<number> {
  try {
    refuseSwallowedFlags(argv, host.env)
    return await dispatch(parseArguments(argv, host.env), host, engine)
  } catch (error) {
    return tellProblem(error, host)
  }
}

async function dispatch(typed: Arguments, host: Host, engine: Engine): Promise<number> {
  const { words, options } = typed
  const [name = '', ...operands] = words
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  const print = (text: string) => {
    host.stdout.write(text)
    return FINE
  }
  if (options.help) return print(named ? commandHelp(name, named) : help())
  if (options.version) return print(`${version()}\n`)
  if (named) await tellNamesake(name, host)
  refuseForeignFlags(typed, named ? `\`${name}\`` : 'Measuring', named ?? DEFAULT)
  const command = named ?? DEFAULT
  const given = named ? operands : words
  checkOperands(name, command, given)
  const settings = command.configurable ? await configured(host.cwd()) : {}
  const code = await command.run(
    { ...typed, words: given, options: { ...settings, ...options } },
    host,
    engine,
  )
  return code ?? FINE
}

/** When a scenario has the name of a command, it may be the one that was meant. */
async function tellNamesake(name: string, host: Host): Promise<void> {
  const path = (await findScenarios(host.cwd())).get(name)
  if (path === undefined) return
  const call = `${programOf(host.env)} ${quote(relative(host.cwd(), path))}`
  host.stderr.write(
    `note: \`${name}\` is a command. To measure the scenario of that name, give its path: ${call}\n`,
  )
}

/** A flag must not be ignored silently. A variable can be meant for another command. */
function refuseForeignFlags({ flags }: Arguments, what: string, command: Command): void {
  const foreign = flags.find(flag => !command.flags.includes(flag))
  if (foreign === undefined) return
  const known = command.flags.map(flag => `--${flag}`).join(', ')
  throw new UsageError(`${what} has no flag \`--${foreign}\`.`, {
    advice: known ? `Its flags: ${known}.` : 'It has no flags.',
  })
}
