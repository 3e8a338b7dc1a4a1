/** The images that variants run in. */
import { UsageError } from '../model/errors.ts'
import type { PlannedVariant } from '../model/plan.ts'
import type { Target, Variant } from '../model/scenario.ts'
import type { World } from '../model/world.ts'
import { fileNameOf } from '../paths/file-name.ts'
import { engineIn } from './engine.ts'

/** @throws UsageError when this machine has no container engine */
export function planContainer(
  id: string,
  variant: Variant,
  { name, container }: Target,
  world: World,
  file: string,
): PlannedVariant['container'] {
  if (!container) return undefined
  const engine = engineFor(world, file)
  const { volumes = [], hosts = [] } = container
  const image = variant.image ?? container.image ?? builtImage(name, id)
  const build = variant.image === undefined ? container.build : undefined
  return {
    engine,
    image,
    ...(build !== undefined && { build }),
    volumes,
    ...(hosts.length > 0 && { hosts }),
  }
}

/** @throws UsageError when this machine has no container engine */
export function engineFor(world: World, file: string): string {
  const engine = engineIn(world)
  if (engine !== undefined) return engine
  throw new UsageError('The service runs in a container, and there is no podman or docker on this machine.', {
    place: file,
    advice:
      'Install one of them, or run the service on the machine itself: `command` or `url`, without `container`.',
  })
}

/** Names of images are in small letters. */
export const builtImage = (target: string, variant: string): string =>
  `localhost/flamegate-${[target, variant].map(text => fileNameOf(text).toLowerCase()).join('-')}`
