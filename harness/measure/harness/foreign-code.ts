/** Refuses a comparison with a commit if one side ran code of the other. */
import { realpath } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MeasureError } from '../../model/errors.ts'
import type { Checkout, Plan } from '../../model/plan.ts'
import { isInside } from '../../paths/inside.ts'
import { firstNames } from '../../words/text.ts'

/** A comparison that does not measure what it claims to. Another round cannot help. */
export class NotComparable extends MeasureError {}

/**
 * @param loaded URLs of the files that each launch has loaded, in the order of the variants
 * @throws NotComparable when a launch has loaded code of the other side
 */
export async function refuseForeignCode(
  { checkout, variants, baseline }: Pick<Plan, 'checkout' | 'variants' | 'baseline'>,
  loaded: string[][],
): Promise<void> {
  if (!checkout) return
  const [repository, folder] = await Promise.all([real(checkout.repository), real(checkout.folder)])
  for (const [at, variant] of variants.entries()) {
    const files = await Promise.all((loaded[at] ?? []).flatMap(pathOf).map(real))
    const isBase = variant.id === baseline
    const foreign = files.filter(file =>
      isBase ? isBorrowed(file, repository, folder) : isInside(folder, file),
    )
    if (foreign.length === 0) continue
    const [other, root] = isBase ? ['the working tree', repository] : [checkout.ref, folder]
    const names = foreign.map(file => relative(root, file).replaceAll(sep, '/')).toSorted()
    throw new NotComparable(
      `Not comparable: ${variant.label} ran code of ${other} instead of its own: ${firstNames(names, 3)}.`,
      { place: checkout.repository, advice: isBase ? adviceForBase(checkout) : STRAYED },
    )
  }
}

/** Packages in `node_modules` can be shared. What is only linked there has its real path elsewhere. */
function isBorrowed(file: string, repository: string, folder: string): boolean {
  if (!isInside(repository, file) || isInside(folder, file)) return false
  return !relative(repository, file).split(sep).includes('node_modules')
}

const adviceForBase = ({ prepare }: Checkout): string =>
  prepare
    ? `\`${prepare.command.join(' ')}\` leaves something in the checkout that leads out of it: a link in \`node_modules\`, an absolute path, a \`NODE_PATH\` or an alias. Make it relative, or have \`prepare\` of the target install the module there.`
    : "Say how a checkout gets modules of its own: `prepare` of the target, for example ['pnpm', 'install', '--frozen-lockfile']. Links, absolute paths, a `NODE_PATH` and aliases must stay inside the checkout."

const STRAYED =
  'A link, an absolute path or a `NODE_PATH` leads into the checkout. Install the modules of the working tree again, and let `prepare` of the target change nothing outside of the checkout.'

function pathOf(url: string): string[] {
  try {
    return [fileURLToPath(url)]
  } catch {
    // A target can say anything.
    return []
  }
}

/** A path that does not exist, as in an archive of packages, stays as it is. */
const real = (path: string) => realpath(path).catch(() => path)
