/** `compare <record> <record>`: compares two runs from different times. */
import { join, resolve } from 'node:path'
import { comparability, joinRecords } from '../../evidence/index.ts'
import { UsageError } from '../../model/errors.ts'
import type { RunRecord } from '../../model/record.ts'
import { quote, runId } from '../../plan/index.ts'
import { saveRecord } from '../../store/index.ts'
import { suggest } from '../../words/suggestion.ts'
import type { Command } from '../command.ts'
import { printReport, writeReports } from '../deliver.ts'
import type { Options } from '../flags.ts'
import { foreignComparison, renderForeign } from '../foreign.ts'
import { FINE, gravest, NOT_MEASURED } from '../outcome.ts'
import { concludeSaved, openRecord } from '../recorded.ts'

export const compare: Command = {
  operands: '<record> <record>',
  help: 'compare the variants of two saved records',
  details: `Compares every variant that both records have (or those of --variants). The first record is the baseline. The two were
not measured in turn, so no gate is judged, and a change of time gets a verdict only if both runs measured the yardstick
on one machine. Every difference between machines, runtimes and loads is a finding; with --strict it is an error. If most
answers in one of them were wrong, there is nothing to compare (exit code 3).

Results of other load engines are compared too, two files or two folders of repeated runs: k6, Artillery, autocannon, h2load, hey,
oha, vegeta and wrk. They get no verdict, and several runs of each side give intervals.`,
  flags: ['variants', 'strict', 'json', 'output'],
  async run({ words: paths, options }, host, engine) {
    const foreign = await foreignComparison(paths, host)
    if (foreign) {
      host.stdout.write(options.json ? `${JSON.stringify(foreign, null, 2)}\n` : renderForeign(foreign, host))
      return FINE
    }
    const records = await Promise.all(paths.map(path => openRecord(path, host)))
    const [before, after] = records as [RunRecord, RunRecord]
    const variants = chosenVariants(before, after, options)
    if (options.strict) for (const id of variants) refuseDifferences(before, after, id)
    const { metrics, reporters } = await engine.loadCapabilities(host.cwd())
    const output = resolve(host.cwd(), options.output ?? join('.bench', 'compare', runId(Date.now())))
    const documents: string[] = []
    const codes: number[] = []
    for (const id of variants) {
      const folder = variants.length > 1 ? join(output, id) : output
      const repeat = ['npx', 'flamegate', 'compare', ...paths, '--variants', id].map(quote).join(' ')
      const run = joinRecords(before, after, id, { output: folder, repeat })
      const report = concludeSaved(run, metrics, paths.join(' and '))
      await saveRecord(folder, run)
      const { json, page } = await writeReports(report, reporters, folder)
      documents.push(json)
      codes.push(report.verdict.unusable === undefined ? FINE : NOT_MEASURED)
      if (!options.json) printReport(report, page, host)
    }
    if (options.json) host.stdout.write(documents.length === 1 ? documents[0]! : `[${documents.join(',')}]\n`)
    return gravest(codes)
  },
}

function chosenVariants(before: RunRecord, after: RunRecord, { variants }: Options): string[] {
  const [there, here] = [before, after].map(({ plan }) => plan.variants.map(({ id }) => id))
  const shared = there!.filter(id => here!.includes(id))
  if (shared.length === 0)
    throw new UsageError('The records have no variant in common.', {
      details: `${there!.join(', ')} there; ${here!.join(', ')} here`,
      advice: 'Give two records of the same scenario.',
    })
  const unknown = variants?.find(id => !shared.includes(id))
  if (unknown === undefined) return variants ?? shared
  throw new UsageError(`The records do not both have a variant \`${unknown}\`.`, {
    place: '--variants',
    advice: suggest(unknown, shared, 'variants'),
  })
}

function refuseDifferences(before: RunRecord, after: RunRecord, variant: string): void {
  const grave = comparability(before, after, variant).filter(({ severity }) => severity !== 'info')
  if (grave.length === 0) return
  throw new UsageError('The records are not comparable, and --strict was given.', {
    details: grave.map(({ severity, message }) => `${severity}: ${message}`).join('\n'),
    advice: grave[0]!.advice,
  })
}
