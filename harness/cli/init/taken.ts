/** `init --har`, `--k6` …: a scenario from a file that the team has already, and its target. */
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { UsageError } from '../../model/errors.ts'
import { FORMATS, type Format, scenarioFrom } from '../../script/import/index.ts'
import type { Options } from '../flags.ts'
import type { Host } from '../host.ts'
import { detect, extensionFor, nameFrom, type Project } from './detect.ts'
import { type File, targetFile } from './files.ts'
import { startOf, words } from './start.ts'

export interface Taken {
  /** The target first. */
  files: [File, File]
  /** What the user has to know about them. */
  notes: string[]
}

/** Recordings have whole answers in them. */
const MOST_MIB: Record<Format, number> = { har: 500, k6: 100, artillery: 100, postman: 100, openapi: 100 }

/** The format whose flag is given. @throws UsageError when there are several */
export function formatIn(options: Options): Format | undefined {
  const [format, other] = FORMATS.filter(name => options[name] !== undefined)
  if (other === undefined) return format
  throw new UsageError(`\`--${format}\` and \`--${other}\` ask for one scenario from two files.`, {
    advice: 'Give one of them, and call `init` again for the other.',
  })
}

export async function takenFiles(
  format: Format,
  path: string,
  { command }: Options,
  host: Host,
): Promise<Taken> {
  const content = await contentOf(resolve(host.cwd(), path), MOST_MIB[format])
  const name = nameFrom(basename(path, extname(path)).slice(0, 60), 'recording', format)
  const project = await projectIn(host, name)
  const start = command === undefined ? project.start : startOf(words(command))
  // The build belongs to the command that was found.
  const build = command === undefined ? (project.build ?? start?.build) : undefined
  const target = targetFile({ ...project, ...(start ?? UNKNOWN), build })
  const { text, notes } = scenarioFrom(format, { name: basename(path), content }, `../${target.path}`)
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

/** @throws UsageError when the file cannot be read, or is too large */
async function contentOf(place: string, most: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(place)
    if (size > most * 2 ** 20)
      throw new UsageError(`The file is larger than ${most} MiB.`, {
        place,
        advice: 'Give a smaller one: a few requests of each kind are enough.',
      })
    return await readFile(place)
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError('The file cannot be read.', { place, advice: 'Check the path.', cause })
  }
}

type Known = Pick<Project, 'name' | 'extension' | 'start' | 'ready' | 'build' | 'copy'>

async function projectIn(host: Host, name: string): Promise<Known> {
  if (existsSync(join(host.cwd(), 'package.json'))) return await detect(host)
  return { name, extension: await extensionFor(host.cwd(), false), copy: [] }
}
