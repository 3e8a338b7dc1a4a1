/** Machines with an address of their own, which are network namespaces on a common bridge. Needs root and `ip`. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mortal } from '../../harness/measure/harness/command.ts'

/** A range that is kept for documentation (RFC 5737), so that nobody else is reached by mistake. */
const RANGE = '203.0.113'

const run = (program: string, ...words: string[]) => execFileSync(program, words, { stdio: 'pipe' })

/** The network, on which this machine has the first address. */
export class Network {
  readonly #bridge = `fgb${process.pid}`
  readonly #machines: Machine[] = []
  readonly address = `${RANGE}.1`
  /** Whether packets can be delayed and lost, for which the kernel needs `netem`. */
  readonly isFar: boolean

  constructor() {
    run('ip', 'link', 'add', this.#bridge, 'type', 'bridge')
    run('ip', 'address', 'add', `${this.address}/24`, 'dev', this.#bridge)
    run('ip', 'link', 'set', this.#bridge, 'up')
    this.isFar = canDelay(this.#bridge)
  }

  /** @param away milliseconds that what it sends takes until it arrives, where that is possible */
  add(away: number): Machine {
    const machine = new Machine(this.#machines.length + 1, this.#bridge, this.isFar ? away : 0)
    this.#machines.push(machine)
    return machine
  }

  async remove(): Promise<void> {
    for (const machine of this.#machines) await machine.remove()
    run('ip', 'link', 'delete', this.#bridge)
  }
}

function canDelay(device: string): boolean {
  const change = (verb: string, ...words: string[]) =>
    run('tc', 'qdisc', verb, 'dev', device, 'root', 'netem', ...words)
  try {
    change('add', 'delay', '1ms')
    change('delete')
    return true
  } catch {
    return false
  }
}

export class Machine {
  readonly #name: string
  readonly #children: ChildProcess[] = []

  constructor(number: number, bridge: string, away: number) {
    this.#name = `flamegate-${process.pid}-${number}`
    const [ours, theirs] = [`fgo${process.pid}n${number}`, `fgt${process.pid}n${number}`]
    run('ip', 'netns', 'add', this.#name)
    run('ip', 'link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', this.#name)
    run('ip', 'link', 'set', ours, 'master', bridge, 'up')
    const inside = (...words: string[]) => run('ip', '-n', this.#name, ...words)
    inside('address', 'add', `${RANGE}.${number + 1}/24`, 'dev', theirs)
    inside('link', 'set', theirs, 'up')
    inside('link', 'set', 'lo', 'up')
    const delay = ['delay', `${away}ms`, `${away / 10}ms`, 'loss', '0.1%']
    if (away > 0) run('tc', '-n', this.#name, 'qdisc', 'add', 'dev', theirs, 'root', 'netem', ...delay)
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
    for (const child of this.#children) await end(child)
    run('ip', 'netns', 'delete', this.#name)
  }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
