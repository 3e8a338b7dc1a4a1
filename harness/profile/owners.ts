/** Whose code functions are. */
import type { OwnerKind } from '../model/flame.ts'
import type { Package } from '../model/record.ts'
import type { Frame } from './frame.ts'
import { categoryOf, KERNEL_FILE, packageFolder, packageName } from './paths.ts'

/** Whose code a function is. */
export interface Owner {
  kind: OwnerKind
  name: string
  /** Only packages have one; absent where it is not known. */
  version?: string
}

/** What is known of the package that a file is in. */
export type PackageOf = (file: string) => Pick<Package, 'name' | 'version'>

/** Without its `package.json`, a package is called by its folder and has no version. */
export function packageFinder(packages: Package[] = []): PackageOf {
  const known = new Map(packages.map(each => [each.folder, each]))
  return file => known.get(packageFolder(file)) ?? { name: packageName(file) }
}

const APPLICATION: Owner = { kind: 'application', name: 'application' }
const V8: Owner = { kind: 'v8', name: 'V8' }
const KERNEL: Owner = { kind: 'kernel', name: 'kernel' }
/** Owns what Node does without a caller that can be edited. */
export const NODE: Owner = { kind: 'node', name: 'Node' }

/**
 * `undefined` for Node's own functions, native or not, and for generated code, which has no file: they work for the code that
 * called them, so they belong to the nearest caller that has an owner.
 */
export function ownerOf({ name, file, line }: Frame, packageOf: PackageOf): Owner | undefined {
  if (file === KERNEL_FILE) return KERNEL
  switch (categoryOf(name, file, line)) {
    case 'application':
      return file === '' ? undefined : APPLICATION
    case 'dependency':
      return { kind: 'dependency', ...packageOf(file) }
    case 'v8':
      return V8
    case 'node':
      return undefined
  }
}

/** Whether a person can change the function: a file of the application or of a package has it. */
export const isEditable = ({ name, file, line }: Frame): boolean => {
  const category = categoryOf(name, file, line)
  return file !== '' && (category === 'application' || category === 'dependency')
}
