/** `compare-packages <name@version> <name@version> <scenario>`: compares two versions of a library in one service. */
import { type Command, expectOperands } from '../command.ts'
import { measureScenarios, measuringFlagsWithout } from './measure.ts'

export const comparePackages: Command = {
  operands: '<name@version> <name@version> <scenario>',
  help: 'compare two versions of an npm package',
  details: `Installs both packages, each with its own dependencies, and measures the service of the scenario with each of them. The
service finds the package through FLAMEGATE_MODULES:

  const require = createRequire(process.env.FLAMEGATE_MODULES ?? import.meta.url)`,
  flags: measuringFlagsWithout('aa', 'baseline', 'save-baseline', 'variants'),
  async run({ words, options }, host, engine) {
    const operands = expectOperands('compare-packages', comparePackages, words)
    const [before, after, scenario] = operands as [string, string, string]
    return await measureScenarios([{ scenario, packages: [before, after] }], options, host, engine)
  },
}
