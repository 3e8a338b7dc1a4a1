/** Records that later runs are judged against. */
import { UsageError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import type { RunRecord } from '../model/record.ts'
import { counted } from '../words/numbers.ts'
import { writeAtomically } from './atomic.ts'
import { readRecord } from './records.ts'

export const saveBaseline = (path: string, run: RunRecord): Promise<void> =>
  writeAtomically(path, JSON.stringify(run))

/** The record that a plan's one variant is judged against. @throws UsageError when it cannot be read or compared */
export async function openBaseline(path: string, plan: Plan): Promise<RunRecord> {
  const { recorded: _, ...run } = await readRecord(path)
  const variant = plan.baseline
  const again = 'Measure it again: `--save-baseline <name>`.'
  if (run.plan.fingerprint !== plan.fingerprint)
    throw new UsageError(
      'The baseline was measured with another load or another target, so it cannot be compared with this run.',
      { place: path, details: `${run.plan.scenario} there, ${plan.scenario} here`, advice: again },
    )
  const launches = run.rounds.flatMap(round => round.launches).filter(launch => launch.variant === variant)
  if (launches.length < 2)
    throw new UsageError(
      `The baseline has ${counted(launches.length, 'round')} of \`${variant}\`; it needs 2.`,
      {
        place: path,
        details: `It has measured ${run.plan.variants.map(({ id }) => id).join(', ')}.`,
        advice: `Choose a variant that it has (\`--variants\`). ${again}`,
      },
    )
  const { platform, arch } = run.environment
  if (platform === process.platform && arch === process.arch) return run
  throw new UsageError(
    `The baseline was measured on ${platform} ${arch}; this is ${process.platform} ${process.arch}.`,
    { place: path, advice: again },
  )
}
