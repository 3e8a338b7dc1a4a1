/** `export <engine> <scenario>`: writes the client with which workers of another engine send a scenario's load. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../model/errors.ts'
import { checkEngine, loadScenario, locateScenario, nameOf } from '../../plan/index.ts'
import type { Command } from '../command.ts'
import { tell } from './init.ts'

const CLIENTS = join(import.meta.dirname, '../../loaders/gate')

interface Client {
  /** Files of the client, and what they are called for a scenario. */
  files(name: string): Record<string, string>
  start(name: string, workers: number): string
}

const ENGINES: Record<string, Client> = {
  k6: {
    files: name => ({ 'k6.js': `${name}.k6.js` }),
    start: (name, workers) => `k6 run -e FLAMEGATE_WORKERS=${workers} ${name}.k6.js`,
  },
  artillery: {
    files: name => ({ 'artillery.yml': `${name}.artillery.yml`, 'artillery.cjs': `${name}.artillery.cjs` }),
    start: (name, workers) =>
      `artillery run --overrides '{"config":{"phases":[{"duration":86400,"arrivalRate":${workers},"maxVusers":${workers}}]}}' ${name}.artillery.yml`,
  },
}

export const exportClient: Command = {
  operands: '<engine> <scenario>',
  help: 'write the client with which k6 or Artillery sends the load of a scenario',
  details: `Workers of another engine get the requests of a scenario from Flamegate, slice by slice, so that all variants get the same
ones: steps, weights, data and captured values stay in the scenario. This writes the client for k6 or artillery, to run
it on as many machines as the load takes. The scenario needs \`engine: 'gate'\`. A scenario with the engine k6 or artillery starts
the engine on this machine, and needs no client.`,
  flags: [],
  async run({ words }, host, engine) {
    const [name, reference] = words as [string, string]
    const client = ENGINES[name]
    if (!client)
      throw new UsageError(`There is no client for \`${name}\`.`, {
        advice: `Choose one of: ${Object.keys(ENGINES).join(', ')}.`,
      })
    const file = await locateScenario(reference, host.cwd())
    const scenario = await loadScenario(file)
    const { loaders } = await engine.loadCapabilities(host.cwd())
    checkEngine(scenario, loaders.find(loader => loader.name === 'gate')!, file)
    const own = nameOf(scenario, file)
    const files = client.files(own)
    for (const [source, path] of Object.entries(files)) {
      const text = readFileSync(join(CLIENTS, source), 'utf8')
      await tell(host, { path, content: withNames(text, files) })
    }
    const { connections = 10, listen = '127.0.0.1:7007' } = scenario.load
    host.stdout.write(`
1. Set \`engine: 'gate'\` in the load of ${own}, and measure as usual: npx flamegate ${own}
2. Start workers, ${connections} in all, on any machines:
   FLAMEGATE_GATE=http://${listen} FLAMEGATE_PATIENCE=600 ${client.start(own, connections)}
`)
    return undefined
  },
}

/** A file of the client that names another one of its files. */
const withNames = (text: string, files: Record<string, string>): string =>
  Object.entries(files).reduce((done, [from, to]) => done.replaceAll(`./${from}`, `./${to}`), text)
