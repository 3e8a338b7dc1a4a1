/** Each of these checks the type of what a scenario, target or configuration file exports. */
import type { Config } from '../model/config.ts'
import type { Scenario, Target, Variant } from '../model/scenario.ts'

export const defineScenario = (scenario: Scenario): Scenario => scenario
export const defineTarget = (target: Target): Target => target
export const defineConfig = (config: Config): Config => config

/** Variants that differ only in the version of Node: `nodeVersions(['22', '24.11.1', '26'])`. npm installs them. */
export const nodeVersions = (versions: string[]): Record<string, Variant> =>
  Object.fromEntries(
    versions.map(version => [`node-${version}`, { label: `Node ${version}`, node: `node@${version}` }]),
  )
