/** Links made by hand: `npm link` and `ln -s` put packages of the repository where no install would. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, realpath, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Checkout } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { isInside } from '../paths/inside.ts'
import { foldersOf, isInstalled, MODULES } from './copy.ts'

/**
 * Makes the same links in the checkout, to the packages of the commit.
 *
 * @returns whether there were any
 */
export async function linkOwn(checkout: Checkout, world: World): Promise<boolean> {
  const { repository, folder } = checkout
  let any = false
  for (const place of await foldersOf(checkout, world)) {
    for (const name of await linksIn(join(repository, place, MODULES))) {
      const [from, to] = [join(repository, place, MODULES, name), join(folder, place, MODULES, name)]
      const home = relative(repository, await realpath(from).catch(() => from))
      const wanted = join(folder, home)
      if (!isInside(folder, wanted) || isInstalled(home) || !existsSync(wanted)) continue
      if ((await realpath(to).catch(() => '')) === (await realpath(wanted))) continue
      await rm(to, { recursive: true, force: true })
      await mkdir(dirname(to), { recursive: true })
      await symlink(relative(dirname(to), wanted), to)
      any = true
    }
  }
  return any
}

/** Names of packages that are links, including scoped ones. */
async function linksIn(modules: string): Promise<string[]> {
  const entries = await readdir(modules, { withFileTypes: true }).catch(() => [])
  const found = entries.map(async entry => {
    if (entry.isSymbolicLink()) return [entry.name]
    if (!entry.isDirectory() || !entry.name.startsWith('@')) return []
    return (await linksIn(join(modules, entry.name))).map(name => join(entry.name, name))
  })
  return (await Promise.all(found)).flat()
}
