/** Documents made from the tables of the command line: `docs/cli.md`, and the schema of the configuration. */
import { sharedJsonSchema } from '../plan/index.ts'
import type { Command } from './command.ts'
import { COMMANDS, DEFAULT } from './commands/index.ts'
import { environmentName, FLAG_NAMES, type FlagName, flagOf } from './flags.ts'
import { CONFIGURABLE } from './settings.ts'

/** `docs/cli.md` */
export function cliReference(): string {
  return `# The command line

<!-- Written by \`npm run reference\` from harness/cli/flags.ts and harness/cli/commands/. -->

In a project with Flamegate installed, write \`npx flamegate …\`; in this repository, \`npm run bench … -- [flags]\`.

Of these, the first one that is set counts: the flag, its environment variable, the scenario, \`flamegate.config.ts\`, the
default. An empty variable counts as unset. \`--dry-run\` prints the resulting plan.

## Commands

${[['', DEFAULT] as const, ...Object.entries(COMMANDS)].map(([name, command]) => commandSection(name, command)).join('\n\n')}

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
  const usage = ['npx flamegate', name, command.operands].filter(word => word !== '').join(' ')
  const flags = command.flags.map(flag => `\`--${flag}\``).join(' ')
  const text = (command.details ?? `${command.help[0]!.toUpperCase()}${command.help.slice(1)}.`).trim()
  return [`### \`${usage}\``, text, ...(flags ? [`Flags: ${flags}`] : [])].join('\n\n')
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
    const description = otherwise ? `${help} (default: ${otherwise})` : help
    return [config!, { type: kind === 'switch' ? 'boolean' : ['string', 'number'], description }]
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
