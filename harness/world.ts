/** The world of this very process. */
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Platform, World } from './model/world.ts'

/** A world for `bench()`; each part can be replaced. */
export function thisWorld(replaced: Partial<World> = {}): World {
  return {
    directory: process.cwd(),
    environment: process.env,
    platform: thisPlatform(),
    emit: () => {},
    signal: new AbortController().signal,
    now: Date.now,
    ...replaced,
  }
}

function thisPlatform(): Platform {
  return {
    name: process.platform,
    processors: allowedProcessors(),
    pinnable: process.platform === 'linux' && onPath('taskset'),
    execPath: process.execPath,
  }
}

/** A container may own processors 4 and 7 of eight: their numbers matter to `taskset`, not only how many there are. */
function allowedProcessors(): number[] {
  const counted = Array.from({ length: availableParallelism() }, (_, index) => index)
  if (process.platform !== 'linux') return counted
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return list ? parseProcessorList(list) : counted
  } catch {
    return counted
  }
}

/** `0-2,5` → [0, 1, 2, 5] */
export function parseProcessorList(list: string): number[] {
  return list.split(',').flatMap(range => {
    const [first, last] = range.split('-').map(Number)
    return Array.from({ length: (last ?? first!) - first! + 1 }, (_, index) => first! + index)
  })
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, program)))
}
