/** Installed modules, kept from one checkout to the next with the same lockfile. Moved, not copied: that costs nothing. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const MODULES = 'node_modules'

/** Of how many lockfiles modules are kept. */
const KEPT = 4

/** @returns whether there were any; another run that has them at this moment leaves none */
export const takeModules = (kept: string, directory: string): Promise<boolean> =>
  moved(kept, join(directory, MODULES))

/** Gives them back for the next time; those of another run that was faster stay. */
export async function keepModules(directory: string, kept: string): Promise<void> {
  const folder = dirname(kept)
  const made = await mkdir(folder, { recursive: true }).then(
    () => true,
    () => false,
  )
  if (!made || !(await moved(join(directory, MODULES), kept))) return
  const all = await Promise.all(
    (await readdir(folder)).map(async name => {
      const path = join(folder, name)
      return { path, changed: (await stat(path)).ctimeMs }
    }),
  )
  const old = all.toSorted((a, b) => b.changed - a.changed).slice(KEPT)
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })))
}

const moved = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    () => false,
  )
