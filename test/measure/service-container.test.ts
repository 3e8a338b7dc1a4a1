/** What a container engine is told about a service. */
import { expect, test } from 'vitest'
import { isContainer } from '../../harness/measure/both/containers.ts'
import { inServiceContainer } from '../../harness/measure/harness/service-container.ts'

const PLACES = { agent: '/package/agent/agent.cjs', socket: '/tmp/run/agent.sock' }

function contained(engine = '/usr/bin/podman', processors?: number[], hosts?: string[]) {
  const variant = {
    id: 'v1.2 new',
    label: 'new',
    command: ['node', 'server.js'],
    directory: '/shop',
    environment: {},
    node: process.execPath,
    container: { engine, image: 'shop:2', volumes: ['/data:/data:ro'], ...(hosts && { hosts }) },
  }
  const { command, ...rest } = inServiceContainer(
    variant,
    PLACES,
    '4321',
    ['PORT', 'NODE_OPTIONS'],
    processors,
  )
  return { ...rest, text: command.join(' ') }
}

test('the agent and its socket are mounted, and it never fetches an image', () => {
  const { text, inside } = contained()
  expect(text).toContain('--pull never')
  expect(text).toContain(
    '--volume /package/agent:/flamegate/agent:ro --volume /tmp/run/agent.sock:/flamegate/agent.sock',
  )
  expect(text).toContain('--volume /data:/data:ro')
  expect(inside).toEqual({ agent: '/flamegate/agent/agent.cjs', socket: '/flamegate/agent.sock' })
})

test('the command comes after the image, and values are not among the words', () => {
  const { text } = contained()
  expect(text).toMatch(/--env PORT --env NODE_OPTIONS shop:2 node server\.js$/)
})

test('its name is one that is removed after a crash', () => {
  const { container } = contained()
  expect(isContainer(container)).toBe(true)
  expect(contained().container.name).not.toBe(container.name)
})

test("docker's daemon is told the processors", () => {
  expect(contained('/usr/bin/docker', [0, 1]).text).toContain('--cpuset-cpus 0,1')
  expect(contained('/usr/bin/podman', [0, 1]).text).not.toContain('--cpuset-cpus')
})

test.runIf(process.platform === 'linux')('names of what it needs lead to this machine', () => {
  expect(contained('/usr/bin/podman', undefined, ['db']).text).toContain('--add-host db:127.0.0.1')
})
