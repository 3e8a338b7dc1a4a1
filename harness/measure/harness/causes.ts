/** Why a launch did not start, as far as its own last words and its neighbours tell. */
import { listenersOf } from '../../kernel/listeners.ts'
import type { Service } from './service.ts'

export interface Cause {
  /** What is known of it beyond what everybody can read in the last words. */
  because?: string
  advice: string
}

/** @param round launches that run at the same time, and may be in its way */
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
      `It may not listen on port ${port}. Let it listen on \`process.env.PORT\` (here ${address.port}).`,
  },
  {
    words: /EADDRNOTAVAIL|annot assign requested address/,
    advice: () =>
      'The address that it listens on (HOST, HOSTNAME) is not one of this machine. Let it listen on 127.0.0.1.',
  },
  {
    // A path does not begin with a letter, but for a drive.
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

function portTaken(service: Service, round: readonly Service[]): Cause {
  const { lastWords, address } = service
  const port = takenPort(lastWords)
  const holder = round.find(
    other => other !== service && listenersOf(other.pid).some(listener => listener.port === port),
  )
  const by = holder ? `, by variant \`${holder.variant.id}\`` : ''
  const because = `${port === undefined ? 'a port that it needs' : `port ${port}`} is in use${by}`
  if (String(port) === address.port)
    return {
      because,
      advice: 'That is the port in PORT. Does it listen there twice, or start several processes that do?',
    }
  const isSecond = holder && listenersOf(holder.pid).some(({ port }) => String(port) === holder.address.port)
  const all = 'The variants run at the same time, so each needs ports of its own.'
  return {
    because,
    advice: isSecond
      ? `${all} It listens on PORT as it should; turn port ${port} off through the environment, or use 0 there (any free port).`
      : `${all} Let it listen on \`process.env.PORT\` (here ${address.port})${port === undefined ? '' : ` instead of ${port}`}.`,
  }
}

function takenPort(words: string): number | undefined {
  const line = words.split('\n').find(text => TAKEN.test(text)) ?? ''
  const found =
    /already in use\s+\S*:(\d+)/i.exec(line) ??
    /\bport\W{0,3}(\d+)/i.exec(line) ??
    // The last one: a line of a log begins with the time.
    [...line.matchAll(/:(\d{2,5})\b/g)].at(-1)
  return found ? Number(found[1]) : undefined
}
