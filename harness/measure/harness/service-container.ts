/** A service in a container: how the engine starts it, so that the agent gets in and the port is known. */
import { randomBytes } from 'node:crypto'
import { basename, dirname } from 'node:path'
import type { PlannedVariant } from '../../model/plan.ts'
import { fileNameOf } from '../../paths/file-name.ts'
import type { Container } from '../both/containers.ts'

/** Where the agent and its socket are in the container. */
const AGENT_FOLDER = '/flamegate/agent'
const SOCKET = '/flamegate/agent.sock'

/** Paths on this machine of the agent's main file and of the socket that it connects to. */
export interface AgentPlaces {
  agent: string
  socket: string
}

export interface Contained {
  command: string[]
  container: Container
  /** The same places, as the container sees them. */
  inside: AgentPlaces
}

/**
 * On Linux it shares the network of the machine: address translation would be measured too.
 *
 * @param variables names of those that it gets; the engine's client has their values, so that no list of processes shows them
 */
export function inServiceContainer(
  { id, command, container }: PlannedVariant & { container: object },
  { agent, socket }: AgentPlaces,
  port: string,
  variables: string[],
  processors: number[] | undefined,
): Contained {
  const { engine, image, volumes, hosts = [] } = container as NonNullable<PlannedVariant['container']>
  const name = `flamegate-${fileNameOf(id).replaceAll('.', '-')}-${randomBytes(6).toString('hex')}`
  const mounted = [`${dirname(agent)}:${AGENT_FOLDER}:ro`, `${socket}:${SOCKET}`, ...volumes]
  return {
    command: [
      engine,
      ...['run', '--rm', '--pull', 'never', '--name', name],
      ...(process.platform === 'linux' ? ['--network', 'host'] : ['--publish', `127.0.0.1:${port}:${port}`]),
      // The daemon of docker starts its processes, and does not inherit the client's processors.
      ...(processors && basename(engine) === 'docker' ? ['--cpuset-cpus', processors.join(',')] : []),
      ...mounted.flatMap(volume => ['--volume', volume]),
      ...hosts.flatMap(host => [
        '--add-host',
        `${host}:${process.platform === 'linux' ? '127.0.0.1' : 'host-gateway'}`,
      ]),
      ...variables.flatMap(variable => ['--env', variable]),
      image,
      ...command,
    ],
    container: { engine, name },
    inside: { agent: `${AGENT_FOLDER}/${basename(agent)}`, socket: SOCKET },
  }
}
