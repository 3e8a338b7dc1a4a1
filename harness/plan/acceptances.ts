/** Regressions that were accepted in review: a file that is committed beside the scenarios. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../model/errors.ts'
import type { Acceptance } from '../model/plan.ts'

export const ACCEPTANCE_FILE = 'flamegate.accepted.json'
const ADVICE = 'Mend the file, or write its entries with `flamegate accept`.'

const date = z.iso.date()
const schema = z.strictObject({
  accepted: z.array(
    z.strictObject({
      scenario: z.string().min(1),
      metric: z.string().min(1),
      upTo: z.number().positive(),
      reason: z.string().min(1),
      accepted: date,
      expires: date,
    }),
  ),
}) satisfies z.ZodType<{ accepted: Acceptance[] }>

/**
 * All entries of the file, expired ones too; none when there is no file.
 *
 * @throws UsageError when it is not what `flamegate accept` writes
 */
export async function readAcceptances(directory: string): Promise<Acceptance[]> {
  const place = join(directory, ACCEPTANCE_FILE)
  const text = await readFile(place, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new UsageError('The accepted regressions cannot be read.', { place, details: error.message })
  })
  if (text === undefined) return []
  const checked = schema.safeParse(parseJson(text, place))
  if (checked.success) return checked.data.accepted
  throw new UsageError('The accepted regressions have not the shape that they should have.', {
    place,
    details: checked.error.issues
      .map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`)
      .join('\n'),
    advice: ADVICE,
  })
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError('The accepted regressions are no JSON.', {
      place,
      details: cause instanceof Error ? cause.message : undefined,
      advice: ADVICE,
      cause,
    })
  }
}
