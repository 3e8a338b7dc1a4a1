import { createHash } from 'node:crypto'

/** On every platform, and behind every shell: no separator, no dot or dash in front. */
const PLAIN = /^\w[\w.-]{0,99}$/

/**
 * What a file or a folder is called that belongs to a name which people chose. A plain name stays as it is; of any other
 * the plain part is kept for the reader, with a hash that keeps `a b` and `a/b` apart.
 */
export function fileNameOf(name: string): string {
  if (PLAIN.test(name)) return name
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\w.]+/g, '-')
    .replaceAll(/^\W+|\W+$/g, '')
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return [plain.slice(0, 60), hash].filter(Boolean).join('-')
}
