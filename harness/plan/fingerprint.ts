/** One hash of everything that two records must share to be comparable. */
import { createHash } from 'node:crypto'
import type { PlannedLoad } from '../model/plan.ts'
import type { Target } from '../model/scenario.ts'

/**
 * SHA-256 (hex) over load, target and the check of answers. The target's own folder is left out, so that a record from
 * another checkout has the same fingerprint.
 */
export function fingerprint(target: Target, load: PlannedLoad, sameAnswers: boolean): string {
  const { name, command, directory, environment = {}, ready = '/', listen, needs } = target
  const portable = command.map(word => word.replaceAll(directory, '.'))
  const content = {
    load,
    sameAnswers,
    target: { name, command: portable, environment, ready, listen, needs },
  }
  const text = canonicalJson(content)
  // What a need is given, such as paths of its files, is in its own words.
  return createHash('sha256')
    .update(needs ? text.replaceAll(directory, '.') : text)
    .digest('hex')
}

/** JSON with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part instanceof RegExp
      ? String(part)
      : part !== null && typeof part === 'object' && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
  )
}
