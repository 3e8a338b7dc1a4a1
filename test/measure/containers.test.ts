/** What a container engine is told. */
import { expect, test } from 'vitest'
import { isContainer } from '../../harness/measure/both/containers.ts'
import { inContainer } from '../../harness/measure/needs/containers.ts'
import type { PlannedNeed } from '../../harness/model/needs.ts'

const NEED = {
  name: 'store',
  image: 'shop/store:2',
  engine: '/usr/bin/podman',
  directory: '/shop',
  environment: {},
  ready: { by: 'port' },
  variables: {},
  per: 'run',
  timeout: 30_000,
} satisfies PlannedNeed

const prepared = (need: Partial<PlannedNeed> = {}, processors?: number[]) => {
  const all = { ...NEED, ...need, image: NEED.image, engine: need.engine ?? NEED.engine }
  const { command, ...rest } = inContainer({
    need: all,
    port: '4321',
    processors,
    variables: ['UPSTREAM_URL'],
  })
  const words = command.join(' ')
  return {
    ...rest,
    options: words.slice(words.indexOf(' run '), words.indexOf(NEED.image)),
    after: words.split(`${NEED.image} `)[1],
  }
}

test('values of variables are in the environment of the client only', () => {
  const { options, environment, places } = prepared({ kind: 'postgres' })
  expect(options).toMatch(/--env UPSTREAM_URL --env POSTGRES_PASSWORD .*--env PORT --env FLAMEGATE_LAUNCH/)
  expect(environment).toMatchObject({ PORT: '4321', POSTGRES_PASSWORD: places.password })
  expect(places.password).toMatch(/^[0-9a-f]{32}$/)
  expect(options).not.toContain(places.password)
})

test('a port of its own is published on loopback; otherwise it gets one', () => {
  const { options, environment, places } = prepared({ port: 8_080, command: ['serve', '{{port}}'] })
  expect(options).toContain('--publish 127.0.0.1:4321:8080')
  expect(environment).toEqual({ PORT: '8080' })
  expect(places.url).toBe('http://127.0.0.1:4321')
  expect(prepared({ port: 8_080, command: ['serve', '{{port}}'] }).after).toBe('serve 8080')
  expect(prepared({ command: ['serve', '{{port}}'] }).after).toBe('serve 4321')
})

test('servers are told their port', () => {
  expect(prepared({ kind: 'redis', port: 6_379 }).after).toMatch(
    /^redis-server --port 6379 --bind 0\.0\.0\.0 /,
  )
  expect(prepared({ kind: 'postgres', port: 5_432 }).after).toMatch(
    /^postgres -c port=5432 -c listen_addresses=0\.0\.0\.0 /,
  )
  expect(prepared({ kind: 'redis', command: ['valkey-server'] }).after).toBe('valkey-server')
})

test("docker's daemon starts the processes, so it is told the processors", () => {
  expect(prepared({ engine: '/usr/bin/docker' }, [1, 2]).options).toContain('--cpuset-cpus 1,2')
  expect(prepared({}, [1, 2]).options).not.toContain('--cpuset-cpus')
})

test('only its own containers are ever removed', () => {
  const { container } = prepared()
  expect(isContainer(container!)).toBe(true)
  expect(isContainer({ engine: '/usr/bin/podman', name: 'shop' })).toBe(false)
  expect(isContainer({ engine: '/bin/rm', name: container!.name })).toBe(false)
})
