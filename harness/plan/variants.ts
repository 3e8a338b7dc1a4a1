/** Resolves the variants: program, arguments, folder, environment and Node binary of each. */
import { stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { BaselineQuestion, BaselineSource, PlannedSides } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import type { RunOptions } from '../model/options.ts'
import type { PlannedPackage, PlannedVariant } from '../model/plan.ts'
import type { Scenario, Target, Variant } from '../model/scenario.ts'
import type { World } from '../model/world.ts'
import { planContainer } from './container.ts'
import { nodeBinary, nodePackage, planPackage, withPackage } from './packages.ts'
import { refuseUnknown } from './problems.ts'
import { planRunning } from './targets.ts'
import { refuseWatcher } from './watchers.ts'

/** The only variant of a scenario that declares none. */
const ONLY: Record<string, Variant> = { current: {} }

/** The baseline, then the variants that are judged against it, in the scenario's order. */
export async function planSides(
  { name, file, scenario }: { name: string; file: string; scenario: Scenario & { target: Target } },
  options: RunOptions,
  world: World,
  sources: BaselineSource[],
): Promise<PlannedSides> {
  const { target, variants: written = ONLY } = scenario
  refuseWatcher(target.command, file)
  const variants = Object.entries(written).map(([id, variant]) =>
    planVariant(id, variant, target, world, file),
  )
  const declared = scenario.baseline ?? variants[0]!.id
  for (const id of options.variants ?? []) refuseUnknown(id, Object.keys(written), 'variant', file)
  if (variants.some(({ url }) => url !== undefined)) refuseToStart(options, file)
  const question = {
    scenario: name,
    file,
    target,
    variants,
    declared,
    asked: options.variants,
    saved: options.saveBaseline !== undefined,
    world,
  }
  const sides = options.aa
    ? againstItself(question, options)
    : options.packages
      ? withPackages(options.packages, question, options)
      : await fromSource(options.baseline ?? `variant:${declared}`, question, sources)
  const packages = [...(sides.packages ?? []), ...nodePackages(written, sides.variants, world)]
  const made = [sides.checkout, ...packages].flatMap(each => each?.folder ?? [])
  await refuseMissing(sides.variants, file, made)
  return { ...sides, packages: packages.length > 0 ? packages : undefined }
}

/** @throws UsageError when a variant would have to be started in another way */
function refuseToStart({ packages, baseline }: RunOptions, file: string): void {
  const what = packages ? 'Packages' : baseline?.startsWith('git:') && 'A commit'
  if (what)
    throw new UsageError(`${what} cannot be measured: the services of this scenario already run.`, {
      place: file,
      advice: 'Give the target a `command`, and leave `url` out of the variants.',
    })
}

type Question = Omit<BaselineQuestion, 'reference'>

/** The declared variant, once with each package. */
function withPackages(
  specs: string[],
  { variants, declared, world }: Question,
  { baseline }: RunOptions,
): PlannedSides {
  if (baseline !== undefined)
    throw new UsageError('Packages are compared with each other, so there is no other baseline.', {
      advice: 'Drop `--baseline`.',
    })
  const packages = specs.map(spec => planPackage(spec, world))
  if (specs.length < 2 || new Set(specs).size < specs.length)
    throw new UsageError('There is nothing to compare: name at least two packages, each once.', {
      details: specs.join(', '),
      advice: 'Give two versions or more.',
    })
  const own = variants.find(({ id }) => id === declared)!
  const sides = packages.map(each => withPackage(own, each))
  return { variants: sides, baseline: sides[0]!.id, packages }
}

/** The Node packages that the measured variants run on, each once. */
function nodePackages(
  written: Record<string, Variant>,
  variants: PlannedVariant[],
  world: World,
): PlannedPackage[] {
  const wanted = Object.values(written).flatMap(({ node }) => nodePackage(node, world) ?? [])
  const used = wanted.filter(each => variants.some(({ node }) => node === nodeBinary(each)))
  return [...new Map(used.map(each => [each.spec, each])).values()]
}

/** From the source with the longest prefix that fits. */
async function fromSource(written: string, question: Question, sources: BaselineSource[]) {
  const [source] = sources
    .filter(({ prefix }) => written.startsWith(prefix))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)
  const reference = written.slice(source?.prefix.length)
  if (source && reference.trim() !== '') return await source.plan({ ...question, reference })
  throw new UsageError(`\`${written}\` is not a baseline.`, {
    place: '--baseline',
    advice: `Write ${sources.map(({ form }) => `\`${form}\``).join(' or ')}.`,
  })
}

function planVariant(
  id: string,
  variant: Variant,
  target: Target,
  world: World,
  file: string,
): PlannedVariant {
  const { url } = variant
  if (url !== undefined) return planRunning(id, { ...variant, url }, target, world, file)
  const installed = nodePackage(variant.node, world)
  const given = variant.node ? resolve(world.directory, variant.node) : world.platform.execPath
  const node = installed ? nodeBinary(installed) : given
  const [program, ...args] = target.command
  const container = planContainer(id, variant, target, world, file)
  // In an image, `node` is its own.
  const first = program === undefined ? [] : [program === 'node' && !container ? node : program]
  return {
    id,
    label: variant.label ?? id,
    command: [...first, ...args, ...(variant.args ?? [])],
    ...(container && { container }),
    directory: resolve(target.directory, variant.directory ?? '.'),
    environment: { ...target.environment, ...variant.environment },
    node,
  }
}

function againstItself({ variants, declared }: Question, options: RunOptions): PlannedSides {
  const flag = options.variants ? '`--variants`' : options.baseline !== undefined && '`--baseline`'
  const chosen = flag || (options.packages && 'the packages')
  if (chosen)
    throw new UsageError('An A/A run measures the baseline alone, so nothing can be chosen.', {
      advice: `Drop ${chosen} or \`--aa\`.`,
    })
  const own = variants.find(({ id }) => id === declared)!
  return {
    variants: [own, { ...own, id: `${own.id}-again`, label: `${own.label} (again)` }],
    baseline: own.id,
  }
}

/**
 * Without this check, a missing folder would be reported as "program not found".
 *
 * @param made folders that are made before the first round
 */
async function refuseMissing(variants: PlannedVariant[], file: string, made: string[]): Promise<void> {
  const isMade = (path: string) => made.some(folder => path === folder || path.startsWith(folder + sep))
  const found = (path: string) => stat(path).catch(() => undefined)
  for (const { id, directory, node } of variants) {
    if (!isMade(directory) && !(await found(directory))?.isDirectory())
      throw new UsageError(`Variant \`${id}\`: the folder ${directory} does not exist.`, {
        place: file,
        advice: 'Check `directory` of the target and of the variant.',
      })
    if (!isMade(node) && !(await found(node))?.isFile())
      throw new UsageError(`Variant \`${id}\`: there is no Node binary at ${node}.`, {
        place: file,
        advice: 'Give `node` the path of the binary itself, or a version: `node@22`.',
      })
  }
}
