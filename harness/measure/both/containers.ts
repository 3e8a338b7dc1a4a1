/** Containers of a run: their processes belong to the engine, so ending its client does not always end them. */
import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import { promisify } from 'node:util'

export interface Container {
  /** Path of `podman` or `docker`. */
  engine: string
  name: string
}

/** Milliseconds for each question to the engine. */
const ENGINE_TIMEOUT = 10_000
const NAME = /^flamegate-[\w-]+$/

const run = promisify(execFile)

export const isContainer = ({ engine, name }: Container): boolean =>
  ['podman', 'docker'].includes(basename(engine)) && NAME.test(name)

/** Kills it and removes it with its data. Nothing happens if it does not exist. */
export async function removeContainer({ engine, name }: Container): Promise<void> {
  // Left to itself, `rm` of podman waits for ten seconds.
  await askEngine(engine, ['kill', name])
  await askEngine(engine, ['rm', '--force', '--volumes', name])
}

/** What the engine answers; empty when it fails. */
export async function askEngine(engine: string, words: string[]): Promise<string> {
  try {
    const { stdout } = await run(engine, words, { timeout: ENGINE_TIMEOUT, killSignal: 'SIGKILL' })
    return stdout.trim()
  } catch {
    return ''
  }
}
