/** A version of a package and what it depends on: installed, loaded, and every function listed. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Body } from '../../harness/model/record.ts'
import { readSources } from '../../harness/store/index.ts'
import { ROOT } from '../experiment.ts'
import { type Listed, listFunctions, placesIn } from './functions.ts'

export interface Program {
  functions: Listed[]
  /** What a run would know of their text. */
  bodies: (Body | undefined)[]
  /** By file: the marks of its functions. */
  marks: Map<string, string>
}

/** Everything is compiled at once, and V8 writes down each function as it does so. */
const COMPILE = ['--no-lazy', '--log-code', '--no-log-source-code', '--no-logfile-per-isolate']

export async function programOf(
  name: string,
  version: string,
  entry = name,
  signal?: AbortSignal,
): Promise<Program> {
  const folder = await installed(`${name}@${version}`, signal)
  const places = placesIn(await logOf(folder, entry, signal))
  const functions: Listed[] = []
  for (const [file, own] of places)
    if (file.startsWith(folder) && /\.[cm]?js$/.test(file)) {
      const first = functions.length
      for (const it of listFunctions(await readFile(file, 'utf8'), own))
        functions.push({ ...it, around: it.around === -1 ? -1 : it.around + first })
    }
  return { functions, ...(await textsOf(functions)) }
}

async function installed(spec: string, signal?: AbortSignal): Promise<string> {
  const folder = join(ROOT, '.bench', 'cache', 'alignment', spec.replaceAll('/', '+'))
  if (existsSync(folder)) return folder
  const temporary = `${folder}.tmp`
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })
  await writeFile(join(temporary, 'package.json'), '{ "private": true }\n')
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', spec]
  await execa('npm', args, { cwd: temporary, cancelSignal: signal })
  await rename(temporary, folder)
  return folder
}

async function logOf(folder: string, entry: string, signal?: AbortSignal): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), 'flamegate-alignment-'))
  try {
    const log = join(temporary, 'v8.log')
    const load = `import(${JSON.stringify(entry)})`
    const args = [
      ...COMPILE,
      `--logfile=${log}`,
      '--input-type=module',
      '--eval',
      `await ${load}; process.exit()`,
    ]
    await execa(process.execPath, args, { cwd: folder, cancelSignal: signal })
    return await readFile(log, 'utf8')
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function textsOf(functions: Listed[]): Promise<Pick<Program, 'bodies' | 'marks'>> {
  const places = functions.map(({ file, line, column }) => ({ file, line, column, shown: false, last: 0 }))
  const { sources: read } = await readSources(places)
  const key = (file: string, line: number, column = 0) => `${file}:${line}:${column}`
  const known = new Map(read.map(({ file, from, column, body }) => [key(file, from, column), body]))
  const marks = new Map(read.flatMap(({ file, marks }) => (marks === undefined ? [] : [[file, marks]])))
  return { bodies: functions.map(({ file, line, column }) => known.get(key(file, line, column))), marks }
}
