/** `init --har`: a scenario from a recording of a browser, and its target. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { UsageError } from '../../model/errors.ts'
import { scenarioFromHar } from '../../script/index.ts'
import type { Options } from '../flags.ts'
import type { Host } from '../host.ts'
import { detect, extensionFor, nameFrom, type Project } from './detect.ts'
import { type File, targetFile } from './files.ts'
import { startOf, words } from './start.ts'

export interface Recording {
  /** The target first. */
  files: [File, File]
  /** What the user has to know about them. */
  notes: string[]
}

export async function recordedFiles(har: string, { command }: Options, host: Host): Promise<Recording> {
  const place = resolve(host.cwd(), har)
  const content = await readFile(place).catch((cause: unknown) => {
    throw new UsageError('The recording cannot be read.', { place, advice: 'Check the path.', cause })
  })
  const name = nameFrom(
    basename(har)
      .replace(/\.har$/i, '')
      .slice(0, 60),
    'recording',
    'har',
  )
  const project = await projectIn(host, name)
  const start = command === undefined ? project.start : startOf(words(command))
  // The build belongs to the command that was found.
  const build = command === undefined ? (project.build ?? start?.build) : undefined
  const target = targetFile({ ...project, ...(start ?? UNKNOWN), build })
  const { text, notes } = scenarioFromHar(content, `../${target.path}`)
  return {
    files: [target, { path: `scenarios/${name}${project.extension}`, content: text }],
    notes: [
      ...notes,
      ...(start ? [] : [`How the service is started is a guess: correct \`command\` in ${target.path}.`]),
      `A first run, against itself: npx flamegate ${name} --aa --quick`,
    ],
  }
}

const UNKNOWN = { command: ['node', 'server.js'], environment: {} }

type Known = Pick<Project, 'name' | 'extension' | 'start' | 'ready' | 'build' | 'copy'>

async function projectIn(host: Host, name: string): Promise<Known> {
  if (existsSync(join(host.cwd(), 'package.json'))) return await detect(host)
  return { name, extension: await extensionFor(host.cwd(), false), copy: [] }
}
