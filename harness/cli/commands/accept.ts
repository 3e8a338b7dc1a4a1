/** `accept <record>`: accepts regressions, with a reason and for a limited time, in a file that is reviewed. */
import { UsageError } from '../../model/errors.ts'
import type { Acceptance } from '../../model/plan.ts'
import type { GateVerdict } from '../../model/report.ts'
import { ACCEPTANCE_FILE, readAcceptances } from '../../plan/index.ts'
import { saveArtifacts } from '../../store/index.ts'
import { percent } from '../../words/numbers.ts'
import { visible } from '../../words/text.ts'
import type { Command } from '../command.ts'
import { concludeSaved, openRecord } from '../recorded.ts'

const DAY = 86_400_000
const DAYS = 30

export const accept: Command = {
  operands: '<record>',
  help: 'accept the regressions of a run for a limited time',
  details: `Writes an entry for every regressed gate of the run into ${ACCEPTANCE_FILE}, which you commit with the change. Until the
day of --until the gate is still reported as regressed but fails nothing, unless the change grows beyond the interval of
the run. An entry on the same scenario and metric is replaced, and expired entries are removed.`,
  flags: ['reason', 'until'],
  async run({ words, options }, host, engine) {
    const [path] = words as [string]
    const { reason } = options
    if (reason === undefined)
      throw new UsageError('A regression can only be accepted for a reason, and none was given.', {
        advice: 'Write `--reason "…"`: reports show it.',
      })
    const today = dayOf(Date.now())
    const until = options.until ?? dayOf(Date.now() + DAYS * DAY)
    if (until < today)
      throw new UsageError(`${until} has passed.`, {
        place: '--until',
        advice: `Give ${today} or a later day.`,
      })
    const record = await openRecord(path, host)
    const { metrics } = await engine.loadCapabilities(host.cwd())
    const { verdict } = concludeSaved(record, metrics, path)
    const { scenario } = record.plan
    const taken = verdict.gates
      .filter(({ status }) => status === 'regressed')
      .map(gate => entryOf(scenario, gate, reason, today, until))
    if (taken.length === 0)
      throw new UsageError('No gate of this run has regressed, so there is nothing to accept.', {
        place: path,
        advice: 'Give the record of the run that failed.',
      })
    const others = (await readAcceptances(host.cwd())).filter(
      entry => entry.expires >= today && !taken.some(it => concerns(it, entry)),
    )
    const content = `${JSON.stringify({ accepted: [...others, ...taken] }, null, 2)}\n`
    await saveArtifacts(host.cwd(), [{ path: ACCEPTANCE_FILE, content }])
    for (const { metric, upTo, expires } of taken) {
      const text = `${scenario}: ${metric} accepted up to ${percent(upTo)} until ${expires}`
      host.stdout.write(`${visible(text)}\n`)
    }
    host.stdout.write(`Commit ${ACCEPTANCE_FILE} with the change.\n`)
  },
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

const concerns = (a: Acceptance, b: Acceptance) => a.scenario === b.scenario && a.metric === b.metric

/** The far end of the interval: the same change, measured again, stays below it. */
function entryOf(
  scenario: string,
  { gate, change }: GateVerdict,
  reason: string,
  accepted: string,
  expires: string,
): Acceptance {
  if (change === null)
    throw new UsageError(`${gate.metric} is over an exact limit, which cannot be accepted for a time.`, {
      advice: 'Change the limit in the scenario instead.',
    })
  const upTo = Number(Math.max(Math.abs(change.low), Math.abs(change.high)).toFixed(4))
  return { scenario, metric: gate.metric, upTo, reason, accepted, expires }
}
