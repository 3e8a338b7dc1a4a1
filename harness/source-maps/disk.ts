/** Finds sources where compilers and bundlers say that they are. */
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { plainPath } from '../profile/index.ts'
import type { Disk } from './source-map.ts'

/**
 * Sources that are gone or have changed since they were compiled are not used, because they cannot be shown.
 *
 * @param readFile the text of the file at a path; undefined when it cannot be read
 */
export function diskWith(readFile: (path: string) => string | undefined): Disk {
  const read = (url: string) => readFile(plainPath(url))
  return {
    read,
    locate(source, script, content) {
      const isSame = (url: string) => {
        const now = read(url)
        return now !== undefined && (content === undefined || normal(content) === normal(now))
      }
      const isTop = (folder: string) => readFile(join(folder, 'package.json')) !== undefined
      return (source.startsWith('file:') ? [source] : placesOf(source, script, isTop)).find(isSame)
    },
  }
}

/** Compilers remove the byte order mark, and some change line ends. */
const normal = (text: string) => text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')

/**
 * webpack and others name a source in a scheme of their own, such as `webpack://shop/./src/a.ts`, by its path in the folder
 * that the build ran in. That is the script's folder or one above it, up to the one with the package's manifest.
 */
function placesOf(source: string, script: string, isTop: (folder: string) => boolean): string[] {
  const path = pathIn(source)
  const places: string[] = []
  if (path === '' || !script.startsWith('file:')) return places
  let folder = dirname(plainPath(script))
  while (true) {
    places.push(pathToFileURL(join(folder, path)).href)
    const above = dirname(folder)
    if (above === folder || isTop(folder)) return places
    folder = above
  }
}

function pathIn(url: string): string {
  try {
    return decodeURIComponent(URL.parse(url)?.pathname ?? '')
  } catch {
    return ''
  }
}
