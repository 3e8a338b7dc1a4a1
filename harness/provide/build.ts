/** Builds the service: in the checkout, and in the working tree too, where an old build would be measured otherwise. */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { finding } from '../findings/index.ts'
import { isIgnored, ownFilesIn } from '../git/repository.ts'
import { MeasureError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Plan, PlannedVariant } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { limitsOf } from '../scenario/limits.ts'
import { runCommand, worldIn } from './command.ts'
import { hasNpmScript, startFileOf } from './files.ts'

const COMPILED = /\.([cm]?tsx?|jsx)$/
const PLAIN = /\.[cm]?js$/

/** Files that no build is made from. */
const NO_SOURCE =
  /(^|\/)(tests?|__tests__|spec|e2e|scenarios|targets)\/|\.(test|spec|config|d)\.[cm]?[jt]sx?$/

const SETTING = "set `build: ['npm', 'run', 'build']` of the target, which builds both sides before a run"

/** Runs the target's build command, if there is one, in the folder of the variant. */
export const build = (variant: PlannedVariant, plan: Plan, world: World): Promise<void> =>
  runBuild(plan.build, variant, plan, world)

/** Builds the variant's image, if it has a Dockerfile. */
export async function buildImage(variant: PlannedVariant, plan: Plan, world: World): Promise<void> {
  const { engine, image, build } = variant.container ?? {}
  if (engine === undefined || image === undefined || build === undefined) return
  const file = join(variant.directory, build)
  await runBuild([engine, 'build', '--tag', image, '--file', file, variant.directory], variant, plan, world)
}

async function runBuild(
  command: string[] | undefined,
  { id, label, directory }: PlannedVariant,
  plan: Plan,
  world: World,
): Promise<void> {
  if (!command) return
  world.emit({ type: 'prepare', what: `building ${label}: ${command.join(' ')}` })
  const checkout = id === plan.baseline ? plan.checkout : undefined
  const first = checkout ? 'Compare with a commit that builds' : 'Make the build pass first'
  const advice = `${first}, or check \`build\` of the target.`
  const purpose = { what: `Building ${label}`, limit: limitsOf(plan).prepare, advice }
  await runCommand(command, directory, purpose, checkout ? worldIn(checkout, world) : world)
}

/**
 * Builds the variants that are not in a checkout, each folder once.
 *
 * @returns findings about old builds
 * @throws MeasureError when a build fails, when the file to start is missing, or when it is older than its sources and is
 * compared with a commit
 */
export async function buildInPlace(plan: Plan, world: World): Promise<Finding[]> {
  const inPlace = plan.variants.filter(({ id }) => !plan.checkout || id !== plan.baseline)
  // The first variant in a folder gives the build its name.
  const folders = new Map(inPlace.toReversed().map(variant => [variant.directory, variant]))
  for (const variant of folders.values()) await build(variant, plan, world)
  for (const variant of inPlace) await buildImage(variant, plan, world)
  const files = new Map(inPlace.map(variant => [startFileOf(variant), variant]))
  const stale: Finding[] = []
  for (const [file, variant] of files) {
    if (file === undefined) continue
    if (!existsSync(file)) throw await notThere(file, variant, plan)
    const newer = plan.build ? undefined : await newerSource(file, variant, world)
    if (newer === undefined) continue
    const name = relative(variant.directory, file)
    const message = `${name} was built before ${newer} was changed, so it is not the present code.`
    if (plan.checkout)
      throw new MeasureError(message, { place: variant.directory, advice: `Build first, or ${SETTING}.` })
    stale.push(finding('stale-build', message))
  }
  return stale
}

async function notThere(file: string, { directory }: PlannedVariant, plan: Plan): Promise<MeasureError> {
  const name = relative(directory, file)
  const advice = plan.build
    ? `\`${plan.build.join(' ')}\` ran without making it: check \`command\` and \`build\` of the target.`
    : (await hasNpmScript(directory, 'build'))
      ? `Run \`npm run build\` first, or ${SETTING}.`
      : 'Check `command` and `directory` of the target.'
  return new MeasureError(`${name} does not exist, so nothing can be started.`, { place: directory, advice })
}

/** A source that is newer than the build, if git ignores the file that is started: then it is built. */
async function newerSource(
  file: string,
  { directory }: PlannedVariant,
  { environment }: World,
): Promise<string | undefined> {
  if (!(await isIgnored(directory, file, environment))) return undefined
  const [top = ''] = relative(directory, file).split(sep)
  const output =
    top === '..' || !relative(directory, file).includes(sep) ? [file] : await filesUnder(join(directory, top))
  const built = Math.max(...(await Promise.all(output.map(timeOf))))
  const own = (await ownFilesIn(directory, environment)).filter(path => !NO_SOURCE.test(path))
  const compiled = own.filter(path => COMPILED.test(path))
  const sources = compiled.length > 0 ? compiled : own.filter(path => PLAIN.test(path))
  const dated = await Promise.all(
    sources.map(async path => ({ path, time: await timeOf(resolve(directory, path)) })),
  )
  const [newest] = dated.toSorted((a, b) => b.time - a.time)
  return newest && newest.time > built ? newest.path : undefined
}

/** Absolute paths of all files in a folder and below. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

const timeOf = async (path: string): Promise<number> =>
  (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
