import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Of the package that this file belongs to, wherever it was compiled to. */
export function version(): string {
  const file = findPackageJSON('..', import.meta.url)
  const content: unknown = JSON.parse(readFileSync(file!, 'utf8'))
  return (content as { version: string }).version
}
