/** `diff <before> <after>`: compares two profiles from anywhere, or two folders of repeated ones. */
import { join, resolve } from 'node:path'
import { renderDiffJson, renderDiffTerminal } from '../../../reports/diff.ts'
import { renderDiffPage } from '../../../reports/html/diff.ts'
import { diffProfiles } from '../../analyze/index.ts'
import { evidenceOfProfiles, withoutIdle } from '../../evidence/index.ts'
import { quote, runId } from '../../plan/index.ts'
import { saveArtifacts, throughMaps } from '../../store/index.ts'
import type { Command } from '../command.ts'
import { printOptions } from '../host.ts'
import { readSides, WINDOW_FLAGS } from '../sides.ts'

export const diff: Command = {
  operands: '<before> <after>',
  help: 'compare two profiles, or two folders of repeated ones',
  details: `Compares two profiles, also from production. It prints a table of functions and writes a page with the flames of both.
The format is detected: .cpuprofile, .heapprofile, pprof, folded stacks, speedscope, a Chrome trace, or the output of
perf script. Shares of the total are compared, and values per second where the durations are known; --requests adds
values per request. A folder holds repeated profiles of one side: six on each side give intervals, and profiles of the
same time (threads, a cluster) are added up. Windows that the probe has written (docs/production.md) say how many requests they
served. With --source-maps, functions are at their places in the sources.

A side can be in a store of profiles (docs/exchange.md): pyroscope:ADDRESS{SELECTOR} or parca:ADDRESS{SELECTOR}. Each window
of --window within --last is a profile, and with --by each window of each process. The exit code is 0, whatever has changed.`,
  flags: ['requests', 'source-maps', 'max-profile', 'json', 'output', ...WINDOW_FLAGS],
  async run({ words, options }, host) {
    const [before, after] = words as [string, string]
    const { requests } = options
    const { sides, again } = await readSides([before, after], options, host)
    const maps = options['source-maps']
    const [mappedBefore, mappedAfter] = maps ? await throughMaps(sides, resolve(host.cwd(), maps)) : sides
    const request = { before: withoutIdle(mappedBefore!), after: withoutIdle(mappedAfter!), requests }
    const result = diffProfiles(evidenceOfProfiles(request), request)
    const flags = [
      ...(requests ? ['--requests', requests.join(',')] : []),
      ...(maps ? ['--source-maps', maps] : []),
      ...again,
    ]
    const repeat = ['npx', 'flamegate', 'diff', before, after, ...flags].map(quote).join(' ')
    const folder = resolve(host.cwd(), options.output ?? join('.bench', 'diff', runId(Date.now())))
    const json = renderDiffJson(result, repeat)
    const [page] = await saveArtifacts(folder, [
      { path: 'report.html', content: renderDiffPage(result, repeat) },
      { path: 'report.json', content: json },
    ])
    host.stdout.write(
      options.json ? json : `${renderDiffTerminal(result, printOptions(host))}\nReport: ${page}\n`,
    )
  },
}
