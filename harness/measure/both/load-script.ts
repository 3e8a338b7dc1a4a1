/** Compiles the planned load: reads its files, and takes functions from the scenario's file. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MeasureError } from '../../model/errors.ts'
import type { Script } from '../../model/http.ts'
import type { Load } from '../../model/load.ts'
import type { Plan, PlannedStep } from '../../model/plan.ts'
import type { Expect, Step } from '../../model/script.ts'
import { compileScript, parseRows, type Source } from '../../script/index.ts'

/** @param round part of the seed: rounds differ in what they send, variants of a round do not */
export async function loadScript(plan: Plan, round: number): Promise<Script> {
  const { steps, setup = [], data, pick, cookies, files = {}, connections } = plan.load
  const read = (path: string) => readFile(resolve(dirname(plan.file), path))
  const contents = await Promise.all(Object.keys(files).map(async path => [path, await read(path)] as const))
  const written = isPlain(plan) ? undefined : await loadOf(plan.file)
  const rows = data?.file === undefined ? undefined : parseRows((await read(data.file)).toString(), data.file)
  const source: Source = {
    steps: steps.map((step, i) => whole(step, written?.steps[i])),
    setup: setup.map((step, i) => whole(step, written?.setup?.[i])),
    data: data && (rows ?? (written?.data as NonNullable<Source['data']>)),
    pick,
    cookies,
    connections,
  }
  return compileScript(source, Object.fromEntries(contents), plan.seed + round)
}

/** Whether the plan contains the whole script. Functions are only in the scenario's file. */
function isPlain({ load: { steps, setup = [], data } }: Plan): boolean {
  const coded = [...setup, ...steps].some(({ expect }) => typeof expect?.body === 'object')
  return !coded && (data === undefined || data.from === 'file')
}

async function loadOf(file: string): Promise<Load> {
  try {
    return ((await import(pathToFileURL(file).href)) as { default: { load: Load } }).default.load
  } catch (cause) {
    throw new MeasureError(`The scenario's file can no longer be loaded: ${String(cause)}`, {
      place: file,
      advice: 'Run again, and do not change the file during the run.',
      cause,
    })
  }
}

function whole({ expect, ...step }: PlannedStep, written: Step | undefined): Step {
  if (!expect) return step
  const { body, ...rest } = expect
  const check: Expect['body'] = typeof body === 'object' ? written?.expect?.body : body
  return { ...step, expect: { ...rest, body: check } }
}
