/** `diff BEFORE AFTER`: two profiles, or two folders of repeated ones, from anywhere. */
import { join, resolve } from 'node:path'
import { renderDiffJson, renderDiffTerminal } from '../../../reports/diff/index.ts'
import { renderDiffPage } from '../../../reports/html/diff.ts'
import { diffProfiles } from '../../analyze/index.ts'
import { quote, runId } from '../../plan/index.ts'
import { readProfiles, saveArtifacts } from '../../store/index.ts'
import { type Command, expectOperands } from '../command.ts'
import { printOptions } from '../host.ts'
import { FINE } from '../outcome.ts'

export const diff: Command = {
  operands: '<before> <after>',
  help: 'compare two profiles, or two folders of repeated ones',
  details: `Compares two profiles, also from production: functions on the terminal, and a page with the flame of both. The content
says what a file is: .cpuprofile, .heapprofile, pprof, folded stacks, speedscope, a Chrome trace, or what perf script
prints. Shares of the total are compared, and figures per second where the durations are known; --requests adds figures
per request. A folder is read as repeated profiles of one side, and six of each give intervals; what was recorded at the
same time (threads, a cluster) is added up to one. The exit code is 0 whatever has changed.`,
  flags: ['requests', 'max-profile', 'json', 'output'],
  async run({ words, options }, host) {
    const [before, after] = expectOperands('diff', diff, words) as [string, string]
    const mebibytes = options['max-profile']
    const limits = mebibytes === undefined ? undefined : { maxBytes: mebibytes * 2 ** 20 }
    const read = async (label: string) => ({
      label,
      files: await readProfiles(resolve(host.cwd(), label), limits),
    })
    const { requests } = options
    const result = diffProfiles({ before: await read(before), after: await read(after), requests })
    const told = requests ? ['--requests', requests.join(',')] : []
    const repeat = ['npx', 'flamegate', 'diff', before, after, ...told].map(quote).join(' ')
    const folder = resolve(host.cwd(), options.output ?? join('.bench', 'diff', runId(Date.now())))
    const json = renderDiffJson(result, repeat)
    const [page] = await saveArtifacts(folder, [
      { path: 'report.html', content: renderDiffPage(result, repeat) },
      { path: 'report.json', content: json },
    ])
    if (options.json) host.stdout.write(json)
    else {
      host.stdout.write(`${renderDiffTerminal(result, printOptions(host))}\nReport: ${page}\n`)
    }
    return FINE
  },
}
