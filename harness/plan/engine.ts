/** Programs of this machine. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { World } from '../model/world.ts'

/** Container engines, the preferred one first: podman starts containers without a daemon, on the processors it is given. */
const CONTAINER_ENGINES = ['podman', 'docker']

/** Path of podman or docker; undefined where neither is. */
export const engineIn = (world: World): string | undefined =>
  CONTAINER_ENGINES.map(program => inPath(program, world)).find(path => path !== undefined)

/** @param others folders where it may be too */
export function inPath(program: string, { environment }: World, others: string[] = []): string | undefined {
  const folders = (environment.PATH ?? '').split(delimiter).filter(Boolean)
  return [...folders, ...others].map(folder => join(folder, program)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
