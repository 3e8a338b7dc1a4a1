/**
 * Faults of every kind at every moment of a run, with real processes: what comes of each is held against the rules of
 * docs/reliability.md.
 *
 *     npm run validate:faults                     the whole table, a full disk, 200 kills at random, a soak of 30 minutes
 *     npm run validate:faults -- --quick          a fault of each sort at one moment, 5 kills, no soak: three minutes
 *     npm run validate:faults -- --resume         goes on where the last one was interrupted
 *     npm run validate:faults -- --resume --again      also tries again what was not as promised
 *     npm run validate:faults -- --only 'throws|soak'  only tasks whose name matches; `--list` shows the names
 *     npm run validate:faults -- --kills 50 --soak 5 --seed 2
 *     npm run validate:faults -- --resume --table      only what has been found, as it stands in docs/reliability.md
 *
 * Every task's outcome is kept as soon as it is there. A first Ctrl-C waits for the task that runs. While the file
 * `--pause FILE` exists, the soak measures nothing.
 *
 * Exits with 1 when anything is not as promised, 130 when interrupted.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Found } from './faults/outcome.ts'
import { casesTable } from './faults/table.ts'
import { readTasks, type Settings } from './faults/tasks.ts'
import { appendResult, newestResults, resumeResults, startResults } from './results.ts'

const FOLDER = join(import.meta.dirname, '..', '.bench', 'validate-faults')

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    kills: { type: 'string' },
    soak: { type: 'string' },
    seed: { type: 'string', default: '1' },
    pause: { type: 'string' },
    output: { type: 'string' },
    resume: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
  },
})

process.exitCode = await validate()

async function validate(): Promise<number> {
  const { folder, settings, found } = begin()
  const tasks = readTasks(settings, options.pause).filter(({ name }) => new RegExp(options.only).test(name))
  if (options.list) console.log(tasks.map(({ name }) => name).join('\n'))
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort())
  for (const { name, perform } of options.list || options.table ? [] : tasks) {
    const before = found.get(name)
    if (before && !(options.again && before.broken.length > 0)) continue
    if (controller.signal.aborted) break
    const began = performance.now()
    const outcome = await perform()
    found.set(name, { task: name, ...outcome, seconds: (performance.now() - began) / 1_000 } as Found)
    appendResult(folder, found.get(name)!)
    tell(found.get(name)!)
  }
  if (!options.list) summarise([...found.values()])
  if (controller.signal.aborted) console.error('\nInterrupted; `--resume` goes on.')
  const failures = [...found.values()].filter(({ broken }) => broken.length > 0)
  return controller.signal.aborted ? 130 : failures.length > 0 ? 1 : 0
}

/** The newest outcome of each task counts. */
function begin(): { folder: string; settings: Settings; found: Map<string, Found> } {
  const asked = {
    quick: options.quick,
    seed: Number(options.seed),
    kills: Number(options.kills ?? (options.quick ? 5 : 200)),
    minutes: Number(options.soak ?? (options.quick ? 0 : 30)),
  }
  if (options.list) return { folder: '', settings: asked, found: new Map() }
  if (!options.resume) {
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
    const folder = options.output ?? join(FOLDER, stamp)
    startResults(folder, asked)
    return { folder, settings: asked, found: new Map() }
  }
  const folder = options.output ?? newestResults(FOLDER)
  if (folder === undefined) throw new Error(`There is nothing to resume in ${FOLDER}.`)
  const { settings, lines } = resumeResults<Settings, Found>(folder)
  return { folder, settings, found: new Map(lines.map(line => [line.task, line])) }
}

function tell({ task, broken, seconds, stderr = '' }: Found): void {
  const how = broken.length > 0 ? `NOT AS PROMISED: ${broken.join(', ')}` : 'as promised'
  console.error(`${task}: ${how} (${seconds.toFixed(1)} s)`)
  if (broken.length > 0) console.error(stderr.split('\n').slice(-25).join('\n'))
}

function summarise(found: Found[]): void {
  const of = <T extends Found['type']>(type: T) =>
    found.filter((it): it is Extract<Found, { type: T }> => it.type === type)
  if (of('case').length > 0) console.log(casesTable(of('case')))
  for (const { skipped, code, rounds, told } of of('disk'))
    console.log(
      skipped
        ? `\nA full disk: skipped, ${skipped}.`
        : `\nA full disk: code ${code}, ${rounds} rounds kept. ${told}`,
    )
  const kills = of('kill')
  if (kills.length > 0) {
    const complete = kills.filter(kill => kill.complete > 0).length
    const swept = kills.filter(kill => kill.swept.length > 0).length
    console.log(
      `\nKilled at ${kills.length} random moments, with a complete round in ${complete}; in ${swept} before anybody else could remove the temporary folder.`,
    )
  }
  for (const { minutes, rounds, growth } of of('soak')) {
    console.log(
      `\nSoak of ${minutes.toFixed(0)} minutes, ${rounds} rounds (tenth, hundredth; second and last quarter):`,
    )
    for (const { process, quantity, ...figures } of growth) {
      const { tenth, hundredth, before, after } = figures
      const unit = (value = Number.NaN) =>
        quantity === 'memory' ? `${(value / 2 ** 20).toFixed(1)} MiB` : `${value}`
      console.log(`- ${process}, ${quantity}: ${[tenth, hundredth, before, after].map(unit).join(', ')}`)
    }
  }
  const failures = found.filter(({ broken }) => broken.length > 0)
  for (const { task, broken } of failures) console.log(`\n✖ ${task}: ${broken.join(', ')}`)
  console.log(`\n${found.length} tasks, ${failures.length} not as promised.`)
}
