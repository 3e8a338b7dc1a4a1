import type { Command } from './command.ts'
import { COMMANDS, DEFAULT } from './commands/index.ts'
import { environmentName, FLAG_NAMES, type FlagName, flagOf } from './flags.ts'

/** The help, made from the tables of commands and flags. */
export function help(): string {
  const commands: [string, Command][] = [['', DEFAULT], ...Object.entries(COMMANDS)]
  return `Usage: npm run bench ${DEFAULT.operands} -- [flags]
       npx flamegate ${DEFAULT.operands} [flags]

Compares the variants of a scenario under load. It says which one regressed, and in which functions.
A scenario is the name of a file in scenarios/, or a path.

Commands (each has its own --help)
${table(commands.map(([name, command]) => [usage(name, command), command.help]))}

Flags
${flagTable(FLAG_NAMES)}

A variable can set a flag too (the flag takes precedence): ${environmentName('max-time')}=90s
  ${FLAG_NAMES.filter(name => flagOf(name).settable)
    .map(environmentName)
    .join(' ')}

Exit codes: 0 fine · 1 regressed · 2 wrong usage or configuration · 3 could not measure · 130 interrupted
`
}

/** The help of one command. */
export const commandHelp = (name: string, command: Command): string =>
  `Usage: npm run bench ${usage(name, command)} -- [flags]
       npx flamegate ${usage(name, command)} [flags]

${command.details ?? command.help}

Flags
${flagTable(command.flags)}
`

const usage = (name: string, { operands }: Command) => [name, operands].filter(word => word !== '').join(' ')

function flagTable(names: readonly FlagName[]): string {
  return table(
    names.map(name => {
      const { short, placeholder, help, otherwise } = flagOf(name)
      const flag = `${short ? `-${short}, ` : ''}--${name}${placeholder ? ` ${placeholder}` : ''}`
      return [flag, otherwise ? `${help} (default: ${otherwise})` : help]
    }),
  )
}

function table(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
