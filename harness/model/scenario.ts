/** What a user writes: a scenario compares variants of a target under a load, and has gates for the result. */
import type { Limits } from './limits.ts'
import type { Load } from './load.ts'
import type { Need } from './needs.ts'

/** An image that the service runs in, by podman or docker, whichever is on the machine. */
export interface Container {
  /** An image that is on the machine: it is never fetched. Each variant can have its own. */
  image?: string
  /** Path of a Dockerfile, relative to `directory`, that each variant's image is built from in the folder of the variant. */
  build?: string
  /**
   * Path of a compose file, relative to `directory`, instead of `image` and `build`: its service `service` (default: the target's
   * name) says image or Dockerfile, command, variables, volumes and port.
   */
  compose?: string
  service?: string
  /** Names that lead to this machine in the container, for what the service needs there. */
  hosts?: string[]
  /** Folders and files of the machine, as `/on/the/machine:/in/the/container`, or with `:ro` at the end. */
  volumes?: string[]
}

/** A service: how to start it, how to know that it is ready, and how to stop it. */
export interface Target {
  name: string
  /**
   * Program and arguments. The first word `node` means the variant's Node binary. The port is in `PORT`. With `container`, it
   * replaces the command of the image, and can be left out.
   */
  command: string[]
  /** Default: it runs on the machine itself. */
  container?: Container
  /** Working directory, absolute (`import.meta.dirname`). */
  directory: string
  environment?: Record<string, string>
  /**
   * How it listens: on the port in `PORT`, on that port with TLS (any certificate will do), or on the Unix socket whose
   * path is in `PORT`. Default `http`.
   */
  listen?: 'http' | 'https' | 'socket'
  /** The port in its source, if it does not read `PORT` (Node only): a service that listens on it gets the one in `PORT` instead. */
  port?: number
  /** Path that answers 2xx or 3xx once the service is ready. Default: `/`, and any answer below 500 will do. */
  ready?: string
  /** Milliseconds until it listens, and as many again until it is ready. Default 10,000. */
  timeout?: number
  /** Milliseconds between asking it to stop (SIGTERM) and killing it. Default 1,000. */
  gracefulShutdown?: number
  /**
   * Program and arguments that make a fresh checkout runnable, for a baseline from git. It runs after the install of the
   * modules, or instead of it if it installs them itself. `false`: nothing is run. Default: only the install.
   */
  prepare?: string[] | false
  /**
   * Program and arguments that build the service, for example `['npm', 'run', 'build']`. It runs before the first round in
   * the folder of each variant: in the working tree, so that no old build is measured, and in the checkout of a baseline
   * from git, after the install. Default: nothing is built.
   */
  build?: string[]
  /**
   * Ignored files and folders that the service needs, for example `['.env', 'certs/']`, relative to its folder. They are
   * copied from the working tree into the checkout of a baseline from git. Missing ones are skipped.
   */
  copy?: string[]
  /** What it needs while it runs (databases, caches, other services), by name: started before it, and stopped after it. */
  needs?: Record<string, Need>
}

/** A service whose image knows how to start it. */
export interface ContainedTarget extends Omit<Target, 'command'> {
  command?: string[]
  container: Container
}

/** A service that already runs: nothing is started, and each variant has a `url`. */
export interface RunningTarget extends Pick<Target, 'name' | 'ready' | 'timeout'> {
  command?: undefined
  container?: undefined
}

/** One version of the target: what is set here replaces or extends the target's own settings. */
export interface Variant {
  /** Shown in reports; defaults to the variant's key. */
  label?: string
  environment?: Record<string, string>
  /** Appended to the target's command. */
  args?: string[]
  directory?: string
  /** Path of the Node binary, or `node@22`: a version that npm installs. Default: the one that runs Flamegate. */
  node?: string
  /** Its image, if the target has a `container`. */
  image?: string
  /** Where it already runs, for example `http://127.0.0.1:8080`. Of the others, only `label`, `pid`, `container` and `probe` apply. */
  url?: string
  /** The process that serves the `url`, so that its CPU time and memory are known; its descendants count with it. */
  pid?: number
  /** The container that serves the `url`, by name or id, instead of its `pid`. */
  container?: string
  /** Where the `endpoints` of the probe in it are, which tells its CPU time and memory; for services on other machines. */
  probe?: string
}

/**
 * A gate on one metric. A string is a relative margin (`'+2%'`); a number is an exact limit on a metric
 * that is compared exactly (`errors: 0`); an object sets margin, absolute limit and level, or the improvement that has to be proven
 * (`{ expect: '-10%' }`).
 */
export type GateSpec =
  | string
  | number
  | { change?: string; expect?: string; max?: string | number; level?: 'error' | 'warn' }

export interface Scenario {
  /** Default: the file's name. */
  name?: string
  description?: string
  target: Target | ContainedTarget | RunningTarget
  /** By id. Default: one, `current`, which is the target itself, to be compared with a baseline from elsewhere. */
  variants?: Record<string, Variant>
  /** The variant that the others are compared with. Default: the first one. */
  baseline?: string
  load: Load
  /** Whether the variants must give the same answers (status, decoded body). Default true. */
  sameAnswers?: boolean
  /** By metric id, for example `{ 'cpu.perRequest': '+2%' }`. */
  gates?: Record<string, GateSpec>
  /** Limits of the warm-up of one launch. Default: at least 16,000 requests or 1.5 s of CPU time, at most 6,000 ms. */
  warmup?: { requests?: number; timeout?: number }
  /** Names of the collectors that run in profiled slices. Default: all that are not `onRequest`, and `waits` and `states` for services that wait. */
  collectors?: string[]
  /** Milliseconds after which a wait fails; see docs/reliability.md. */
  limits?: Partial<Limits>
  /**
   * Names of variables, headers and fields with secret values, in addition to those that look like it (`*` is any text).
   * Their values appear in no record, report or message.
   */
  redact?: string[]
  /**
   * Whether `flamegate ci` runs it when no scenario is named. `maxTime` (`'90s'`) is the most that it may take of the
   * budget. Default false.
   */
  ci?: boolean | { maxTime?: string }
}
