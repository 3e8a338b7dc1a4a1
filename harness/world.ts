/** The world of this very process. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { allowedProcessors } from './kernel/machine.ts'
import type { World } from './model/world.ts'

/** A world for `bench()`; each part can be replaced. */
export function thisWorld(replaced: Partial<World> = {}): World {
  return {
    directory: process.cwd(),
    environment: process.env,
    platform: {
      name: process.platform,
      processors: processors(),
      pinnable: process.platform === 'linux' && onPath('taskset'),
      execPath: process.execPath,
    },
    emit: () => {},
    signal: new AbortController().signal,
    now: Date.now,
    ...replaced,
  }
}

/** A container may own processors 4 and 7 of eight: their numbers matter to `taskset`, not only how many there are. */
function processors(): number[] {
  const allowed = allowedProcessors(process.pid)
  return allowed.length > 0 ? allowed : Array.from({ length: availableParallelism() }, (_, index) => index)
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, program)))
}
