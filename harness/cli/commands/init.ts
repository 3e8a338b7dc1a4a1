/** `init`: writes a target, a first scenario and a workflow for the service in this folder. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { MeasureError, UsageError } from '../../model/errors.ts'
import { FORMATS, type Format } from '../../script/import/index.ts'
import type { Command } from '../command.ts'
import { FLAGS, type Options } from '../flags.ts'
import type { Host } from '../host.ts'
import { detect, type Project } from '../init/detect.ts'
import { type Answers, type File, filesFor, gitlabFile } from '../init/files.ts'
import { stackFiles, stackSteps } from '../init/stack.ts'
import { startOf, words } from '../init/start.ts'
import { formatIn, takenFiles } from '../init/taken.ts'
import { type Traffic, trafficOfLog } from '../init/traffic.ts'
import { trafficOfWindows } from '../init/windows.ts'

export const init: Command = {
  operands: '',
  help: 'write a target, a first scenario and a workflow',
  details: `Looks at the project (its framework, start script, build and routes, queries of GraphQL and tRPC), asks for what it
cannot find out, and writes a target, a scenario and a workflow for CI. Existing files are left as they are. Without a
terminal, or with --yes, it asks nothing. With --har it writes a target and a scenario from a recording of a browser; with --k6, --artillery,
--postman or --openapi, from a file that you have. With --access-log or --windows, the scenario asks for routes as often as production is asked
for them. With --stack it writes a compose file of a store of profiles, and an agent for it, and nothing else.`,
  flags: ['command', 'routes', 'workflow', ...FORMATS, 'access-log', 'windows', 'stack', 'yes'],
  async run({ options }, host) {
    const format = formatIn(options)
    if (format !== undefined) {
      await take(format, options, host)
      return
    }
    if (options.stack !== undefined) {
      const { name } = await detect(host)
      for (const file of stackFiles(options.stack, name)) await tell(host, file)
      host.stdout.write(stackSteps(options.stack))
      return
    }
    const project = await detect(host)
    host.stdout.write(`${project.name}: ${project.framework}\n`)
    const traffic = await trafficFor(options, host)
    const answers = await asking(host, options.yes ?? false, ask =>
      answersFor(project, options, ask, traffic?.mix),
    )
    for (const file of filesFor(answers)) await tell(host, file)
    if (traffic && traffic.notes.length > 0) host.stdout.write(`\n${traffic.notes.join('\n')}\n`)
    host.stdout.write(await nextSteps(project, answers, host))
  },
}

/** @returns whether it was written */
export async function tell(host: Host, file: File): Promise<boolean> {
  const written = await writeNew(host.cwd(), file)
  host.stdout.write(`${written ? 'wrote ' : 'exists'} ${file.path}\n`)
  return written
}

async function take(format: Format, options: Options, host: Host): Promise<void> {
  const { files, notes } = await takenFiles(format, options[format]!, options, host)
  const [target, scenario] = files
  await tell(host, target)
  if (await tell(host, scenario)) host.stdout.write(`\n${notes.join('\n')}\n`)
}

/** What production is asked for, if there is a file or a folder that says it. */
async function trafficFor(options: Options, host: Host): Promise<Traffic | undefined> {
  const [log, windows] = [options['access-log'], options.windows]
  if (log !== undefined) return await trafficOfLog(resolve(host.cwd(), log))
  return windows === undefined ? undefined : await trafficOfWindows(resolve(host.cwd(), windows))
}

async function answersFor(
  project: Project,
  options: Options,
  ask: Ask,
  mix: Answers['mix'],
): Promise<Answers> {
  const { name, start, ready, port, routes: known, extension, build, copy, surroundings, installed } = project
  const command =
    options.command ?? (await ask('How is the service started?', start?.command.join(' ') ?? ''))
  if (command === '')
    throw new UsageError('It is not clear how the service is started.', {
      place: 'package.json',
      advice: "Add a start script, or give the command: `--command 'node server.js'`.",
    })
  const graphql = options.routes === undefined && !mix && known.length === 0 ? project.graphql : undefined
  // A health check is at least known to be answered.
  const usual = known.length > 0 ? known : [ready ?? '/']
  const routes =
    graphql || mix
      ? []
      : (options.routes ?? FLAGS.routes.parse(await ask('What is it asked for?', usual.join(','))))
  const wrong = routes.find(route => !/^\/\S*$/.test(route))
  if (wrong !== undefined)
    throw new UsageError(`\`${wrong}\` is not a path.`, {
      place: '--routes',
      advice: 'Start it with a slash: /orders.',
    })
  const workflow =
    options.workflow ??
    FLAGS.workflow.parse(await ask('A workflow for github, gitlab or none?', surroundings.system))
  const isFound = command === start?.command.join(' ')
  const { manager, berry, pinned, folder, root = '.' } = surroundings
  return {
    name,
    ...(isFound ? start! : startOf(words(command))),
    routes,
    mix,
    graphql,
    ready,
    port,
    // The build belongs to the command that was found.
    build: isFound ? build : undefined,
    copy,
    extension,
    workflow,
    job: { manager, berry, pinned, folder, installed },
    root,
  }
}

/** @returns whether it was written: an existing file is somebody's work */
async function writeNew(directory: string, { path, content }: File): Promise<boolean> {
  const place = join(directory, path)
  try {
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, content, { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw new MeasureError('The file cannot be written.', {
      place,
      details: error instanceof Error ? error.message : String(error),
      advice: 'Free some space, or allow writing there.',
      cause: error,
    })
  }
}

async function nextSteps(
  { mentionsPort, surroundings }: Project,
  { name, port, workflow, root }: Answers,
  host: Host,
): Promise<string> {
  const ignored = await readFile(join(host.cwd(), '.gitignore'), 'utf8').catch(() => '')
  const lines = [
    ...(mentionsPort || port !== undefined
      ? []
      : [
          'The sources do not mention PORT, but the service has to listen on `process.env.PORT`; or name its port in the target: `port: 3000`.',
        ]),
    ...(surroundings.root === undefined || /^\/?\.bench\b/m.test(ignored)
      ? []
      : ['Add `.bench/` to .gitignore: reports and records go there.']),
    ...(workflow === 'gitlab'
      ? [`Add \`include: { local: ${gitlabFile(name, root)} }\` to .gitlab-ci.yml.`]
      : []),
    `A first run, against itself: npx flamegate ${name} --aa --quick`,
    ...against(surroundings, name),
  ]
  return `\n${lines.join('\n')}\n`
}

function against({ root, committed }: Project['surroundings'], name: string): string[] {
  const against = `npx flamegate ${name} --baseline git:HEAD`
  if (root === undefined)
    return ['This folder is not in a git repository; in one, a run can be compared with an earlier commit.']
  return [committed ? `Against the last commit:     ${against}` : `Once there is a commit:      ${against}`]
}

type Ask = (question: string, usual: string) => Promise<string>

/**
 * Runs the work with a way to ask questions. When nobody can answer, every answer is the default.
 *
 * @param silent ask nothing, even on a terminal
 */
async function asking<T>(host: Host, silent: boolean, work: (ask: Ask) => Promise<T>): Promise<T> {
  const { stdin, stderr } = host
  if (silent || !stdin?.isTTY) return await work(async (_, usual) => usual)
  const terminal = createInterface({ input: stdin })
  const lines = terminal[Symbol.asyncIterator]()
  try {
    return await work(async (question, usual) => {
      stderr.write(`${question} [${usual}] `)
      const { value } = await lines.next()
      return value?.trim() || usual
    })
  } finally {
    terminal.close()
  }
}
