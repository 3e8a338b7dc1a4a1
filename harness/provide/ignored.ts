/** Ignored files that a service can need: the working tree has them, a checkout does not. */
import { existsSync } from 'node:fs'
import { cp, mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { finding } from '../findings/index.ts'
import { ignoredIn, untrackedAt } from '../git/repository.ts'
import { MeasureError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Checkout, Plan, PlannedVariant } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { isInside } from '../paths/inside.ts'
import { startFileOf } from './files.ts'

const CODE = /\.([cm]?[jt]sx?|node|wasm)$/

/** What tools leave behind: no service needs it, or the install and the build make it again. */
const LEFTOVERS =
  /(^|\/)(node_modules|\.bench|coverage|\.nyc_output|dist|build|out|\.next|\.nuxt|\.turbo|\.cache|\.parcel-cache|\.vscode|\.idea|\.yarn|\.pnpm-store|\.pnp\.\w+|\.DS_Store|\.flamegate.*|flamegate-report|te?mp|logs?)(\/|$)|\.(log|tgz|tsbuildinfo|swp|pid)$/

/** Read by convention: a base without them starts anyway, and runs differently. */
const isSetting = (path: string) => /^\.env(\.|$)/.test(basename(path))

/** A variant in the working tree, and the baseline in the checkout. */
function sidesOf({ variants, baseline }: Plan) {
  const base = variants.find(({ id }) => id === baseline)!
  return { base, home: variants.find(variant => variant !== base)! }
}

/**
 * Copies the files that the target names into the checkout, but only untracked ones: all others are the commit's own.
 *
 * @throws MeasureError when the base would then run the working tree's code
 */
export async function copyNamed(plan: Plan, { repository }: Checkout, world: World): Promise<Finding[]> {
  const { base, home } = sidesOf(plan)
  const copied: string[] = []
  for (const named of plan.copy ?? []) {
    for (const path of await untrackedAt(home.directory, named, world.environment)) {
      const [from, to] = [join(home.directory, path), join(base.directory, path)]
      if (path.endsWith('/') || !isInside(repository, await realpath(dirname(from))) || existsSync(to))
        continue
      if (to === startFileOf(base))
        throw new MeasureError(
          `\`copy\` names ${path}, which is what is started: ${base.label} would run the working tree.`,
          {
            place: home.directory,
            advice: "Take it out of `copy`. What a build makes is built: `build: ['npm', 'run', 'build']`.",
          },
        )
      await mkdir(dirname(to), { recursive: true })
      await cp(from, to, { dereference: true })
      copied.push(path)
    }
  }
  const code = copied.filter(path => CODE.test(path))
  if (code.length === 0) return []
  const some = `${code.slice(0, 3).join(', ')}${code.length > 3 ? ' …' : ''}`
  const message = `${base.label} runs with code that was copied from the working tree: ${some}.`
  return [finding('copied-code', message)]
}

/** Files that the service can need and its checkout lacks, relative to the service's folder. */
export async function lackingIn(plan: Plan, { repository }: Checkout, world: World): Promise<string[]> {
  const { base, home } = sidesOf(plan)
  const [folder, root] = [await realpath(home.directory), await realpath(repository)]
  const ignored = (await ignoredIn(folder, world.environment)).filter(path => !LEFTOVERS.test(path))
  const above = ancestorsOf(folder, root)
  const near = ignored.filter(path => {
    const place = join(folder, path)
    return isInside(folder, place) || (isSetting(path) && above.includes(dirname(place)))
  })
  const lacking = near.filter(path => !existsSync(join(base.directory, path)))
  return lacking.toSorted((a, b) => Number(isSetting(b)) - Number(isSetting(a)))
}

function ancestorsOf(folder: string, root: string): string[] {
  if (folder === root || relative(root, folder).startsWith('..')) return []
  return [dirname(folder), ...ancestorsOf(dirname(folder), root)]
}

/** A base without these settings still starts and is compared, so the reader has to know. */
export function withoutSettings({ label }: PlannedVariant, lacking: string[]): Finding[] {
  const names = lacking.filter(isSetting).join(', ')
  if (names === '') return []
  return [
    finding('ignored-settings', `${label} runs without ${names}: the working tree has it, git ignores it.`),
  ]
}
