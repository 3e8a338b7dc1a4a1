/** Machines with an address of their own, which are network namespaces on a common bridge. Needs root, `ip` and Python. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { mortal } from '../../harness/measure/harness/command.ts'

/** A range that is kept for documentation (RFC 5737), so that nobody else is reached by mistake. */
const RANGE = '203.0.113'

const run = (program: string, ...words: string[]) => execFileSync(program, words, { stdio: 'pipe' })

const WIRE = join(import.meta.dirname, 'wire.py')

/** Milliseconds that a packet takes to another machine, and the share of packets that are lost. */
const [DELAY, LOST] = [1, 0.001]

/** The network, on which this machine has the first address. */
export class Network {
  readonly #bridge = `fgb${process.pid}`
  readonly #machines: Machine[] = []
  readonly address = `${RANGE}.1`

  constructor() {
    run('ip', 'link', 'add', this.#bridge, 'type', 'bridge')
    run('ip', 'address', 'add', `${this.address}/24`, 'dev', this.#bridge)
    run('ip', 'link', 'set', this.#bridge, 'up')
  }

  async add(): Promise<Machine> {
    const machine = new Machine(this.#machines.length + 1)
    this.#machines.push(machine)
    await machine.connect(this.#bridge)
    return machine
  }

  async remove(): Promise<void> {
    for (const machine of this.#machines) await machine.remove()
    run('ip', 'link', 'delete', this.#bridge)
  }
}

export class Machine {
  readonly #number: number
  readonly #name: string
  readonly #children: ChildProcess[] = []

  constructor(number: number) {
    this.#number = number
    this.#name = `flamegate-${process.pid}-${number}`
    run('ip', 'netns', 'add', this.#name)
  }

  async connect(bridge: string): Promise<void> {
    const [ours, theirs] = ['o', 't'].map(end => `fg${end}${process.pid}n${this.#number}`)
    const [program, ...args] = mortal(['python3', WIRE, ours!, theirs!, String(DELAY), String(LOST)])
    const wire = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#children.push(wire)
    const isReady = await Promise.race([once(wire.stdout, 'data'), once(wire, 'exit').then(() => false)])
    if (!isReady) throw new Error('The cable to another machine broke.')
    run('ip', 'link', 'set', ours!, 'master', bridge, 'up')
    run('ip', 'link', 'set', theirs!, 'netns', this.#name)
    const inside = (...words: string[]) => run('ip', '-n', this.#name, ...words)
    inside('address', 'add', `${RANGE}.${this.#number + 1}/24`, 'dev', theirs!)
    inside('link', 'set', theirs!, 'up')
    inside('link', 'set', 'lo', 'up')
  }

  /** Ends with this process at the latest. */
  start(command: string[], environment: Record<string, string>): ChildProcess {
    const [program, ...args] = mortal(['ip', 'netns', 'exec', this.#name, ...command])
    const env = { ...process.env, ...environment }
    const child = spawn(program!, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    this.#children.push(child)
    return child
  }

  async remove(): Promise<void> {
    for (const child of this.#children.toReversed()) await end(child)
    run('ip', 'netns', 'delete', this.#name)
  }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
