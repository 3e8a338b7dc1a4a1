/** Why a launch did not start, judging by its last words and by the other launches. */
import { basename } from 'node:path'
import { listenersOf } from '../../kernel/listeners.ts'
import { MeasureError } from '../../model/errors.ts'
import type { Service } from './service.ts'

export interface Cause {
  /** What is known in addition to the last words. */
  because?: string
  advice: string
}

/** @param round launches that run at the same time, and can be in the way */
export function causeOf(service: Service, round: readonly Service[]): Cause | undefined {
  const { lastWords } = service
  if (TAKEN.test(lastWords)) return portTaken(service, round)
  const known = KNOWN.find(({ words }) => words.test(lastWords))
  return known && { advice: known.advice(known.words.exec(lastWords)!, service) }
}

interface Known {
  words: RegExp
  advice(match: RegExpExecArray, service: Service): string
}

const KNOWN: Known[] = [
  {
    words: /is not allowed in NODE_OPTIONS/,
    advice: () =>
      'This Node refuses an option in NODE_OPTIONS: set `node` to Node 20 or newer, or change the variable.',
  },
  {
    words: /listen EACCES.*?:(\d+)\b/,
    advice: ([, port], { address }) =>
      `It is not allowed to listen on port ${port}. Let it listen on \`process.env.PORT\` (here ${address.port}).`,
  },
  {
    words: /EADDRNOTAVAIL|annot assign requested address/,
    advice: () =>
      'The address that it listens on (HOST, HOSTNAME) is not one of this machine. Let it listen on 127.0.0.1.',
  },
  {
    words: /image not known|No such image|Unable to find image/i,
    advice: (_, { variant: { container } }) =>
      `The image is not on this machine, and Flamegate fetches none: build it, or \`${basename(container?.engine ?? 'docker')} pull ${container?.image ?? ''}\`.`,
  },
  {
    // A path does not begin with a letter, except for a drive.
    words: /Cannot find (?:module|package) '(?!\w:)(@?\w[^'\n]*)'/,
    advice: ([, name]) => `\`${name}\` is not installed: \`npm install\`, in the folder of the service.`,
  },
  {
    words: /Cannot find module '([^'\n]+)'/,
    advice: ([, path]) =>
      `${path} does not exist: build the service first (\`build: ['npm', 'run', 'build']\` in the target), or correct the command.`,
  },
]

/** As Node, Go, Python, Rust, nginx and others put it. */
const TAKEN =
  /EADDRINUSE|AddrInUse|address (?:is )?already in use|port \d+ is (?:already )?(?:in use|taken|used)|is port \d+ in use/i

/** Whether a program says that its port is in use. */
export const isTaken = (words: string): boolean => TAKEN.test(words)

function portTaken(service: Service, round: readonly Service[]): Cause {
  const { lastWords, address } = service
  const port = takenPort(lastWords)
  const holder = round.find(
    other => other !== service && listenersOf(other.trace.pid).some(listener => listener.port === port),
  )
  const by = holder ? `, by variant \`${holder.variant.id}\`` : ''
  const because = `${port === undefined ? 'a port that it needs' : `port ${port}`} is in use${by}`
  if (String(port) === address.port)
    return {
      because,
      advice: 'That is the port in PORT. Does it listen there twice, or start several processes that do?',
    }
  const isSecond =
    holder && listenersOf(holder.trace.pid).some(({ port }) => String(port) === holder.address.port)
  const all = 'The variants run at the same time, so each needs ports of its own.'
  return {
    because,
    advice: isSecond
      ? `${all} It listens on PORT as it should; turn port ${port} off through the environment, or use 0 there (any free port).`
      : `${all} Let it listen on \`process.env.PORT\` (here ${address.port})${port === undefined ? '' : ` instead of ${port}, or add \`port: ${port}\` to the target (Node only)`}.`,
  }
}

function takenPort(words: string): number | undefined {
  const line = words.split('\n').find(text => TAKEN.test(text)) ?? ''
  const found =
    /already in use\s+\S*:(\d+)/i.exec(line) ??
    /\bport\W{0,3}(\d+)/i.exec(line) ??
    // The last one, because a line of a log begins with a time.
    [...line.matchAll(/:(\d{2,5})\b/g)].at(-1)
  return found ? Number(found[1]) : undefined
}

/** Names that a message lists. */
const SHOWN = 8

/**
 * A baseline from git that does not start can lack files that git ignores.
 *
 * @param missing files that the working tree has and the checkout does not
 * @returns the error with those that it mentions, or else all of them, and the setting that copies them
 */
export function namingFiles(error: unknown, missing: string[]): unknown {
  if (!(error instanceof MeasureError) || missing.length === 0) return error
  const named = missing.filter(path => mentions(error.details ?? '', path))
  const paths = (named.length > 0 ? named : missing).slice(0, SHOWN)
  const they = paths.length === 1 ? 'it' : 'them'
  const files = `The working tree has ${paths.join(', ')}, and git ignores ${they}, so the checkout does not.`
  const line = `copy: [${paths.map(path => `'${path}'`).join(', ')}]`
  const copy = `Add \`${line}\` to the target${named.length > 0 ? ' to copy ' : ' if it needs '}${they}.`
  const others = named.length > 0 ? [] : [error.advice]
  return new MeasureError(error.message, {
    ...error,
    advice: [files, copy, ...others].filter(Boolean).join(' '),
    cause: error.cause,
  })
}

/** A program's output can name a file by its path, a folder as part of a path, and a module without its extension. */
function mentions(output: string, path: string): boolean {
  const plain = path.replace(/^(\.\.\/)+/, '').replace(/\/$/, '')
  const names = [plain, plain.replace(/\.\w+$/, '')].filter(name => name.length > 2)
  // `.env` is not the end of `process.env`.
  return names.some(name => new RegExp(`(?<!\\w)${escaped(name)}(?!\\w)`).test(output))
}

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
