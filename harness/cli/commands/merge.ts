/** `merge`: combines the shards of a CI job. */
import { join, relative, resolve } from 'node:path'
import { UsageError } from '../../model/errors.ts'
import { fileNameOf } from '../../paths/file-name.ts'
import { isInside } from '../../paths/inside.ts'
import { runId } from '../../plan/index.ts'
import { readRecord, saveRecord } from '../../store/index.ts'
import { deliverJob } from '../ci/deliver.ts'
import { type Coded, type JobDocument, readJobDocument } from '../ci/document.ts'
import type { Command, Engine } from '../command.ts'
import { writeReports } from '../deliver.ts'
import type { Host } from '../host.ts'
import { exitCode } from '../outcome.ts'
import { concludeSaved } from '../recorded.ts'

export const merge: Command = {
  operands: '<folder…>',
  help: 'combine the shards of a CI job',
  details: `Takes the folders that \`flamegate ci --shard i/n --output <folder>\` wrote, and writes what a single job would have
written: every report, junit.xml, summary.md, comment.md, report.json and an index page. A missing shard is an error, so
that a job that never ran does not pass. The exit code is that of a single job.`,
  configurable: true,
  flags: ['strict', 'json', 'output'],
  async run({ words, options }, host, engine) {
    if (words.length === 0)
      throw new UsageError('`merge` takes the folders of a CI job, and none was given.', {
        advice: 'Write `npx flamegate merge shard-1 shard-2`.',
      })
    const sources = await Promise.all(
      words.map(async word => {
        const folder = resolve(host.cwd(), word)
        return { folder, job: await readJobDocument(folder) }
      }),
    )
    refuseIncomplete(sources.map(({ job }) => job))
    const output = resolve(host.cwd(), options.output ?? join('.bench', 'ci', runId(Date.now())))
    const outcomes: Coded[] = []
    for (const { folder, job } of sources)
      for (const entry of job.scenarios)
        outcomes.push(await takeOver(entry, folder, output, options.strict ?? false, host, engine))
    const base = sources.map(({ job }) => job.base).find(text => text !== '') ?? ''
    return await deliverJob(outcomes, { folder: output, base, json: options.json ?? false }, host)
  },
}

/** Every shard must be there once, and all from one job. */
function refuseIncomplete(jobs: JobDocument[]): void {
  const shards = jobs.map(({ shard }) => shard)
  const of = shards.find(shard => shard !== null)?.of
  if (of !== undefined) {
    const missing = Array.from({ length: of }, (_, at) => at + 1).filter(
      index => !shards.some(shard => shard?.index === index && shard.of === of),
    )
    if (missing.length > 0)
      throw new UsageError(
        `There are ${of} shards, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
        { advice: 'Give the folders of all shards; run a failed job again.' },
      )
  }
  const names = jobs.flatMap(({ scenarios }) => scenarios.map(({ scenario }) => scenario))
  const twin = names.find((name, at) => names.indexOf(name) < at)
  if (twin !== undefined)
    throw new UsageError(`Two of the folders have a scenario \`${twin}\`.`, {
      advice: 'Give the folders of one job, each once.',
    })
}

async function takeOver(
  { scenario, file, folder, code, problem }: JobDocument['scenarios'][number],
  source: string,
  output: string,
  strict: boolean,
  host: Host,
  engine: Engine,
): Promise<Coded> {
  if (folder === '')
    return { scenario, file, folder, code, problem: problem ?? { message: 'It was not measured.' } }
  const place = insideOf(source, folder)
  const record = await readRecord(place)
  const { metrics, reporters } = await engine.loadCapabilities(host.cwd())
  const report = concludeSaved(record, metrics, relative(host.cwd(), place))
  const own = fileNameOf(record.plan.scenario)
  const home = join(output, own)
  await saveRecord(home, record)
  await writeReports(report, reporters, home)
  return { scenario, file, folder: own, report, code: exitCode(report, strict) }
}

/** The document can come from anywhere, so a folder that it names must be inside its own. */
function insideOf(source: string, folder: string): string {
  const place = resolve(source, folder)
  if (isInside(source, place)) return place
  throw new UsageError(`The report names the folder \`${folder}\`, which is outside its own.`, {
    place: source,
    advice: 'Give the folders that `flamegate ci --output` wrote.',
  })
}
