/** Resolves the versions that are compared: program, arguments, folder, environment and Node binary of each. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { PlannedVariant } from '../model/plan.ts'
import type { Request } from '../model/request.ts'
import type { Scenario, Target, Variant } from '../model/scenario.ts'
import { suggest } from '../model/suggestion.ts'
import type { World } from '../model/world.ts'

/** The baseline first, then the others in the scenario's order. */
export async function planVariants(
  scenario: Scenario,
  request: Request,
  world: World,
  file: string,
): Promise<PlannedVariant[]> {
  const chosen = choose(scenario, request, file)
  const planned = chosen.map(id => planVariant(id, scenario.variants[id]!, scenario.target, world))
  await Promise.all(planned.map(variant => refuseMissing(variant, file)))
  return request.aa ? againstItself(planned[0]!) : planned
}

function choose({ variants, baseline }: Scenario, { variants: asked, aa }: Request, file: string): string[] {
  const known = Object.keys(variants)
  for (const id of asked ?? []) {
    if (!known.includes(id))
      throw new UsageError(`There is no variant \`${id}\`.`, {
        place: file,
        advice: suggest(id, known, 'variants'),
      })
  }
  if (aa && asked)
    throw new UsageError('An A/A run measures the baseline alone, so it cannot choose variants.', {
      advice: 'Drop `--variants` or `--aa`.',
    })
  if (aa) return [baseline]
  const others = known.filter(id => id !== baseline && (asked?.includes(id) ?? true))
  if (others.length === 0)
    throw new UsageError(`There is nothing to compare \`${baseline}\` with.`, {
      place: file,
      advice: 'Give the scenario a second variant, or measure the baseline against itself with `--aa`.',
    })
  return [baseline, ...others]
}

function planVariant(id: string, variant: Variant, target: Target, world: World): PlannedVariant {
  const node = variant.node ? resolve(world.directory, variant.node) : world.platform.execPath
  const [program, ...args] = target.command
  return {
    id,
    label: variant.label ?? id,
    command: [program === 'node' ? node : program!, ...args, ...(variant.args ?? [])],
    directory: resolve(target.directory, variant.directory ?? '.'),
    environment: { ...target.environment, ...variant.environment },
    node,
  }
}

function againstItself(baseline: PlannedVariant): PlannedVariant[] {
  return [baseline, { ...baseline, id: `${baseline.id}-again`, label: `${baseline.label} (again)` }]
}

/** A folder that is not there would otherwise show as "program not found". */
async function refuseMissing({ id, directory, node }: PlannedVariant, file: string): Promise<void> {
  const found = (path: string) => stat(path).catch(() => undefined)
  if (!(await found(directory))?.isDirectory())
    throw new UsageError(`Variant \`${id}\`: the folder ${directory} does not exist.`, {
      place: file,
      advice: 'Check `directory` of the target and of the variant.',
    })
  if (!(await found(node))?.isFile())
    throw new UsageError(`Variant \`${id}\`: there is no Node binary at ${node}.`, {
      place: file,
      advice: 'Give `node` the path of the binary itself.',
    })
}
