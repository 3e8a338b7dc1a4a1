/** `open [scenario|folder]`: opens the page of a run in the browser. */
import { spawn } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UsageError } from '../../model/errors.ts'
import { fileNameOf } from '../../paths/file-name.ts'
import type { Command } from '../command.ts'
import type { Host } from '../host.ts'

const PAGES = ['report.html', 'index.html']
const NO_RUNS = ['worktrees', 'cache', 'node_modules']

/** `ci/<time>/<scenario>/report.html` is the deepest. */
const DEPTH = 3

export const open: Command = {
  operands: '[scenario|folder]',
  help: 'open the page of the last run in the browser',
  details: `Opens the newest page below .bench, the newest one of a scenario, or the one in the folder of a run, and prints its path.
If no browser can be started, it only prints the path.`,
  flags: [],
  async run({ words }, host) {
    const [word] = words
    const folder = word === undefined ? '.bench' : await folderOf(word, host)
    const page = await newestPage(resolve(host.cwd(), folder))
    if (!page)
      throw new UsageError('There is no report page in this folder.', {
        place: resolve(host.cwd(), folder),
        advice: 'Check the name of the scenario, measure it first, or give the folder of a run.',
      })
    host.stdout.write(`${page}\n`)
    if (!(await startBrowser(page, host)))
      host.stderr.write('No browser could be started; open the file by hand.\n')
  },
}

async function folderOf(word: string, host: Host): Promise<string> {
  const there = await stat(resolve(host.cwd(), word)).catch(() => undefined)
  return there?.isDirectory() ? word : join('.bench', fileNameOf(word))
}

async function newestPage(folder: string): Promise<string | undefined> {
  const dated = await Promise.all(
    (await pagesIn(folder, DEPTH)).map(async path => ({ path, time: (await stat(path)).mtimeMs })),
  )
  return dated.toSorted((a, b) => b.time - a.time)[0]?.path
}

/** Folders of checkouts and modules hold no runs, and can hold very many files. */
async function pagesIn(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = entries.map(async entry => {
    const path = join(folder, entry.name)
    if (entry.isFile()) return PAGES.includes(entry.name) ? [path] : []
    return entry.isDirectory() && depth > 0 && !NO_RUNS.includes(entry.name)
      ? await pagesIn(path, depth - 1)
      : []
  })
  return (await Promise.all(found)).flat()
}

/** Uses `BROWSER`, or else the system's own way to open a file. */
function startBrowser(page: string, { env }: Host): Promise<boolean> {
  const [program, ...args] = env.BROWSER ? [env.BROWSER] : (OPENERS[process.platform] ?? ['xdg-open'])
  const child = spawn(program!, [...args, page], { stdio: 'ignore', detached: true })
  return new Promise(done => {
    child.once('error', () => done(false))
    child.once('spawn', () => {
      child.unref()
      done(true)
    })
  })
}

const OPENERS: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}
