/** `serve`: takes profiles that agents push, keeps them, and compares them on a page. */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { renderDiffPage, renderProfilePage } from '../../../reports/html/diff.ts'
import { renderGroups, renderWindows } from '../../../reports/html/windows.ts'
import { diffProfiles } from '../../analyze/index.ts'
import { evidenceOfProfiles, withoutIdle } from '../../evidence/index.ts'
import type { DiffSide, ProfileDiff } from '../../model/diff.ts'
import { UsageError } from '../../model/errors.ts'
import type { Pages, Served } from '../../serve/index.ts'
import type { Command } from '../command.ts'
import { interruptible } from '../interrupt.ts'

const MINUTE = 60_000
const MEBIBYTE = 2 ** 20
/** Pyroscope's port, which agents use already. */
const PORT = 4040

export const serve: Command = {
  operands: '',
  help: 'keep the profiles that agents push, and compare them on a page',
  details: `Takes what agents push, those of Pyroscope (/ingest, and its PusherService) and of Datadog (/profiling/v1/input), asks services for profiles
(--scrape), and keeps all of it in one file in --folder. Beyond --keep, the oldest windows are dropped. The page compares two versions, or two stretches of time,
with intervals. It listens on 127.0.0.1. For another --host, set FLAMEGATE_SERVE_TOKEN: agents send it as a Bearer token or as the
password of Basic authentication. Ctrl-C ends it.`,
  flags: ['folder', 'host', 'port', 'keep', 'scrape', 'window'],
  async run({ options }, host) {
    const folder = resolve(host.cwd(), options.folder ?? join('.bench', 'windows'))
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const served: Served = {
      file: join(folder, 'windows.sqlite'),
      keep: (options.keep ?? 1_024) * MEBIBYTE,
      host: options.host ?? '127.0.0.1',
      port: options.port ?? PORT,
      token: host.env.FLAMEGATE_SERVE_TOKEN || undefined,
      scraped: (options.scrape ?? []).map(scrapedFrom),
      every: options.window ?? MINUTE,
      pages: serving,
      tell: line => void host.stderr.write(`${line}\n`),
    }
    // Loaded when it is needed: Node 22 and 24 warn of their SQLite, which no other command uses.
    const { serve: listen } = await import('../../serve/index.ts')
    await interruptible(host, async signal => {
      const { address, close } = await listen(served)
      host.stdout.write(`Listening on ${address}\nProfiles are kept in ${served.file}\n`)
      await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
      await close()
    })
    return undefined
  },
}

export const serving: Pages = {
  list: renderGroups,
  windows: renderWindows,
  compared: (before, after) => renderDiffPage(diffOf(before, after)),
  profile: side => renderProfilePage(diffOf(side, side)),
}

function diffOf(before: DiffSide, after: DiffSide): ProfileDiff {
  const request = { before: withoutIdle(before), after: withoutIdle(after) }
  return diffProfiles(evidenceOfProfiles(request), request)
}

/** `shop=http://127.0.0.1:6060/debug/pprof/profile` */
function scrapedFrom(text: string): Served['scraped'][number] {
  const [, service, url] = /^([^=]+)=(https?:\/\/.+)$/.exec(text) ?? []
  if (service === undefined || url === undefined || URL.parse(url) === null)
    throw new UsageError(`\`${text}\` is not a service and its address.`, {
      place: '--scrape',
      advice: 'Write it like shop=http://127.0.0.1:6060/debug/pprof/profile.',
    })
  return { service, url }
}
