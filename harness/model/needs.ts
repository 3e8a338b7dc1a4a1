/** What a service needs while it is measured: databases, caches, other services. */
import { z } from 'zod'
import { text, textMap, texts } from './shapes.ts'

/** How long one lives: for the whole run, for one round, or for the whole run once for each variant. */
export type Per = 'run' | 'round' | 'variant'

/**
 * A path that answers 2xx or 3xx, a line of the output (text or a regular expression), or a command that succeeds. Default: the
 * port accepts connections.
 */
export type NeedReady = string | { log: string | RegExp } | { command: string[] }

/** One need. It has a `command`, an `image` or a `url`, except for those that `postgres()` and `redis()` make. */
export interface Need {
  /** Set by `postgres()` and `redis()`, which know how to start a server. */
  kind?: 'postgres' | 'redis'
  /**
   * Program and arguments. The first word `node` means the Node binary that runs Flamegate. The port is in `PORT`, and takes the
   * place of `{{port}}`.
   */
  command?: string[]
  /** Image for podman or docker, whichever is there. `command` takes the place of its own, and `port` is the one inside. */
  image?: string
  /** A server that runs already: it is neither started nor stopped, and its CPU is not measured. */
  url?: string
  /** Working directory, absolute. Default: the target's. */
  directory?: string
  environment?: Record<string, string>
  /** The port that it listens on (of an image: in its container), if it cannot be told one. Default: a free port. */
  port?: number
  ready?: NeedReady
  /**
   * Variables of the service, by name, with `{{url}}`, `{{host}}`, `{{port}}`, `{{user}}`, `{{password}}` and `{{database}}`.
   * Default for a need `database`: `DATABASE_URL`, `DATABASE_HOST` and `DATABASE_PORT`.
   */
  env?: Record<string, string>
  /** Program and arguments, run once after each start. It has the service's variables. */
  seed?: string[]
  /** Program and arguments, run before each round except the first after a start: all rounds meet the same data. */
  reset?: string[]
  /** Default `run`. */
  per?: Per
  /** Milliseconds until it is ready. Default 30,000. */
  timeout?: number
}

const ready = z.union([
  z.object({ by: z.literal('port') }),
  z.object({ by: z.literal('path'), path: text }),
  z.object({ by: z.literal('log'), pattern: text, flags: text }),
  z.object({ by: z.literal('command'), command: texts }),
])
export type PlannedReady = z.infer<typeof ready>

export const plannedNeed = z.object({
  name: text,
  kind: z.enum(['postgres', 'redis']).optional(),
  /** How it is started: by its own command, the machine's server program for its kind, or an image. None: it runs at `url`. */
  command: texts.optional(),
  server: text.optional(),
  image: text.optional(),
  /** Path of the container engine. */
  engine: text.optional(),
  url: text.optional(),
  directory: text,
  environment: textMap,
  port: z.number().optional(),
  ready,
  /** Variables of the service, with placeholders. */
  variables: textMap,
  seed: texts.optional(),
  reset: texts.optional(),
  per: z.enum(['run', 'round', 'variant']),
  timeout: z.number(),
})
export type PlannedNeed = z.infer<typeof plannedNeed>
