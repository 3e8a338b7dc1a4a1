import { createHash } from 'node:crypto'

/** Safe on every platform and in every shell: no separator, no leading dot or dash. */
const PLAIN = /^\w[\w.-]{0,99}$/

/** A plain name stays as it is; any other keeps its plain part and gets a hash that tells `a b` from `a/b`. */
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
