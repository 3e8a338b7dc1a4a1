/** Checks records on reading: they can come from another machine, from an older version, or be hostile. */
import { z } from 'zod'
import { type RoundRecord, type RunRecord, record, round } from '../model/record.ts'
import { upgradeRecord, upgradeRound } from './upgrade.ts'

/** The rest of a record, which is checked when a round is damaged. */
const shell = record.extend({ rounds: z.array(z.unknown()).max(10_000) })

export interface Damage {
  /** Its place in the record, from 1. */
  round: number
  problem: string
}

/**
 * The record, or what is wrong with it: one line per problem, which begins with the place. Damaged rounds are left out
 * and named as long as there is an undamaged one.
 */
export function parseRecord(
  written: unknown,
): { record: RunRecord; damage?: Damage[] } | { problems: string[] } {
  const value = upgradeRecord(written)
  const result = record.safeParse(value)
  // Not the parsed copy: a page contains the record, and its bytes must not depend on how the record was read.
  if (result.success) return { record: value as RunRecord }
  const around = shell.safeParse(value)
  const rounds = around.success ? around.data.rounds.map(parseRound) : []
  const whole = rounds.flatMap(it => ('round' in it ? [it.round] : []))
  if (whole.length === 0) return { problems: problemsOf(result.error) }
  const damage = rounds.flatMap((it, i) =>
    'problems' in it ? [{ round: i + 1, problem: it.problems[0]! }] : [],
  )
  return { record: { ...(value as RunRecord), rounds: whole }, damage }
}

export function parseRound(written: unknown): { round: RoundRecord } | { problems: string[] } {
  const value = upgradeRound(written)
  const result = round.safeParse(value)
  return result.success ? { round: value as RoundRecord } : { problems: problemsOf(result.error) }
}

const problemsOf = ({ issues }: z.ZodError): string[] =>
  issues.map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`)
