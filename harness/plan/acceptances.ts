/** Regressions that were accepted in review: a file that is committed with the project. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../model/errors.ts'
import type { Acceptance } from '../model/plan.ts'
import { checked, parseJson } from './problems.ts'

export const ACCEPTANCE_FILE = 'flamegate.accepted.json'
const ADVICE = 'Fix the file, or let `flamegate accept` write its entries.'

const date = z.iso.date('a date, for example 2026-12-31')
const schema = z.strictObject({
  accepted: z.array(
    z.strictObject({
      scenario: z.string().min(1),
      metric: z.string().min(1),
      upTo: z.number('a number above 0').positive('a number above 0'),
      reason: z.string().min(1),
      accepted: date,
      expires: date,
    }),
  ),
}) satisfies z.ZodType<{ accepted: Acceptance[] }>

/**
 * All entries of the file, including expired ones; none when there is no file.
 *
 * @throws UsageError when it is not what `flamegate accept` writes
 */
export async function readAcceptances(directory: string): Promise<Acceptance[]> {
  const place = join(directory, ACCEPTANCE_FILE)
  const text = await readFile(place, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new UsageError('The accepted regressions cannot be read.', {
      place,
      details: error.message,
      advice: 'Check the permissions of the file.',
    })
  })
  if (text === undefined) return []
  const value = parseJson(text, 'The accepted regressions are', place, ADVICE)
  return checked(schema, value, { what: 'The file', place, advice: ADVICE }).accepted
}
