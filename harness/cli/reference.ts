/** Documents made from the tables of the command line: `--help`, `docs/cli.md` and the schema of the configuration. */
import { sharedJsonSchema } from '../plan/index.ts'
import { CONFIGURABLE } from './arguments.ts'
import type { Command } from './command.ts'
import { COMMANDS, DEFAULT } from './commands/index.ts'
import { environmentName, FLAG_NAMES, type FlagName, flagOf } from './flags.ts'

const ALL: [string, Command][] = [['', DEFAULT], ...Object.entries(COMMANDS)]

/** A command as it is written, without its flags. */
const usage = (...words: string[]) => words.filter(word => word !== '').join(' ')

/** What a flag does, with its default. */
const described = (help: string, otherwise?: string) => (otherwise ? `${help} (default: ${otherwise})` : help)

export function help(): string {
  return `Usage: npm run bench ${DEFAULT.operands} -- [flags]
       npx flamegate ${DEFAULT.operands} [flags]

Compares the variants of a scenario under load. It says which one regressed, and in which functions.
A scenario is the name of a file in scenarios/, or a path.

Commands (each has its own --help)
${table(ALL.map(([name, { operands, help }]) => [usage(name, operands), help]))}

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
  `Usage: npm run bench ${usage(name, command.operands)} -- [flags]
       npx flamegate ${usage(name, command.operands)} [flags]

${command.details ?? command.help}

Flags
${flagTable(command.flags)}
`

function flagTable(names: readonly FlagName[]): string {
  return table(
    names.map(name => {
      const { short, placeholder, help, otherwise } = flagOf(name)
      const flag = `${short ? `-${short}, ` : ''}--${name}${placeholder ? ` ${placeholder}` : ''}`
      return [flag, described(help, otherwise)]
    }),
  )
}

function table(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

/** `docs/cli.md` */
export function cliReference(): string {
  return `# The command line

<!-- Written by \`npm run reference\` from harness/cli/flags.ts and harness/cli/commands/. -->

In a project with Flamegate installed, write \`npx flamegate …\`; in this repository, \`npm run bench … -- [flags]\`.

A setting comes from the first of these that has it: the flag, its environment variable, the scenario, \`flamegate.config.ts\`,
the default. An empty variable counts as unset. \`--dry-run\` prints the resulting plan.

## Commands

${ALL.map(([name, command]) => commandSection(name, command)).join('\n\n')}

## Flags

| flag | environment | \`flamegate.config.ts\` | what it does | default |
| :-- | :-- | :-- | :-- | :-- |
${FLAG_NAMES.map(flagRow).join('\n')}

## Exit codes

| code | meaning |
| --: | :-- |
| 0 | fine; an inconclusive gate is neutral, with a warning |
| 1 | regressed, or inconclusive with \`--strict\` |
| 2 | wrong usage or configuration; nothing was started |
| 3 | could not be measured |
| 130 | interrupted; the rounds that were complete are saved |
`
}

function commandSection(name: string, command: Command): string {
  const flags = command.flags.map(flag => code(`--${flag}`)).join(' ')
  const text = (command.details ?? `${command.help[0]!.toUpperCase()}${command.help.slice(1)}.`).trim()
  return [
    `### ${code(usage('npx flamegate', name, command.operands))}`,
    text,
    ...(flags ? [`Flags: ${flags}`] : []),
  ].join('\n\n')
}

function flagRow(name: FlagName): string {
  const { short, placeholder, help, otherwise, settable, config } = flagOf(name)
  const written = [...(short ? [`-${short}`] : []), `--${name}${placeholder ? ` ${placeholder}` : ''}`]
  const cells = [
    written.map(code).join(', '),
    settable ? code(environmentName(name)) : '',
    config ? code(config) : '',
    help,
    otherwise ?? '',
  ]
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

const code = (text: string) => `\`${text}\``

/** JSON schema of `flamegate.config.json`. */
export function configSchema(): string {
  const settings = CONFIGURABLE.map(name => {
    const { config, help, otherwise, kind } = flagOf(name)
    const type = kind === 'switch' ? 'boolean' : ['string', 'number']
    return [config!, { type, description: described(help, otherwise) }]
  })
  const { $schema, ...scenario } = sharedJsonSchema() as Record<string, unknown>
  const schema = {
    $schema,
    title: 'Configuration of Flamegate',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      ...Object.fromEntries(settings),
      plugins: {
        type: 'array',
        items: { type: 'string' },
        description: 'modules that add metrics, reporters …: paths that begin with ./, or packages',
      },
      scenario,
    },
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}
