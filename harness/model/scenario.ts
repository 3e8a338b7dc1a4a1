/** What a user writes: a scenario compares variants of a target under a load, and gates the outcome. */
import type { Limits } from './limits.ts'
import type { Load } from './load.ts'

/** A service: how to boot it, how to know that it is ready, how to stop it. */
export interface Target {
  name: string
  /** Program and arguments; a first word `node` means the variant's Node binary. The port is handed over as `PORT`. */
  command: string[]
  /** Working directory, absolute (`import.meta.dirname`). */
  directory: string
  environment?: Record<string, string>
  /**
   * How it listens: on the port in `PORT`, there with TLS (any certificate will do), or on the Unix socket whose path is
   * in `PORT`. Default `http`.
   */
  listen?: 'http' | 'https' | 'socket'
  /** Path that answers 2xx or 3xx once the service is ready. Default: `/`, where any answer below 500 will do. */
  ready?: string
  /** Milliseconds to listen on its port, and as many again to be ready there. Default 10,000. */
  timeout?: number
  /** Milliseconds between asking it to stop (SIGTERM) and killing it. Default 1,000. */
  gracefulShutdown?: number
  /**
   * Program and arguments that make a fresh checkout runnable, for a baseline from git, after its modules have been
   * installed (or instead, where it installs them itself); `false` when nothing has to be run. Default: the install alone.
   */
  prepare?: string[] | false
  /**
   * Program and arguments that make what is started out of the sources, for example `['npm', 'run', 'build']`. Run before
   * the first round in the folder of each variant: in the working tree, so that no old build is measured, and in the
   * checkout of a baseline from git, after its modules are installed. Default: nothing is built.
   */
  build?: string[]
  /**
   * Files and folders that git ignores and the service needs, for example `['.env', 'certs/']`, relative to its folder.
   * They are copied from the working tree into the checkout of a baseline from git. What is not there is passed over.
   */
  copy?: string[]
}

/** One version of the target: whatever is set here replaces or extends what the target says. */
export interface Variant {
  /** Shown in reports; defaults to the variant's key. */
  label?: string
  environment?: Record<string, string>
  /** Appended to the target's command. */
  args?: string[]
  directory?: string
  /** Path of the Node binary, or `node@22`: a version that npm installs. Default: the one that runs Flamegate. */
  node?: string
}

/**
 * A gate on one metric. A string is a relative margin (`'+2%'`); a number is an exact limit on a metric
 * that is compared exactly (`errors: 0`); an object sets margin, absolute limit and level.
 */
export type GateSpec = string | number | { change?: string; max?: string | number; level?: 'error' | 'warn' }

export interface Scenario {
  /** Default: the file's name. */
  name?: string
  description?: string
  target: Target
  /** By id. Default: one, `current`, that is just the target; it is compared with a baseline from elsewhere. */
  variants?: Record<string, Variant>
  /** The variant that the others are judged against. Default: the first one. */
  baseline?: string
  load: Load
  /** Whether the variants must give the same answers (status, decoded body). Default true. */
  sameAnswers?: boolean
  /** By metric id, for example `{ 'cpu.perRequest': '+2%' }`. */
  gates?: Record<string, GateSpec>
  /** Limits of the warm-up of one launch. Default: 16,000 requests or 1.5 s of CPU time at least, 6,000 ms at most. */
  warmup?: { requests?: number; timeout?: number }
  /** File names in `collectors/` that are run in profiled slices. Default: all that are not `onRequest`. */
  collectors?: string[]
  /** Milliseconds until something that is waited for counts as failed; see docs/reliability.md. */
  limits?: Partial<Limits>
  /**
   * Names of variables, headers and fields whose values are secret, beside those that look like it (`*` is any text):
   * their values appear in no record, report or message.
   */
  redact?: string[]
  /**
   * Whether `flamegate ci` runs it when no scenario is named. `maxTime` (`'90s'`) is the most that it may take of the
   * time that all of them share. Default false.
   */
  ci?: boolean | { maxTime?: string }
}
