/** What a target needs: what may be written, and what is planned. */
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Need } from '../../harness/model/needs.ts'
import type { Target } from '../../harness/model/scenario.ts'
import { planNeeds } from '../../harness/plan/needs.ts'
import { check } from '../../harness/plan/problems.ts'
import { scenario as schema } from '../../harness/plan/schema.ts'
import {
  filled,
  metricsOfNeeds,
  postgres,
  prefixOf,
  redis,
  usualVariables,
} from '../../harness/scenario/needs.ts'
import { folderWith, worldIn } from './world.ts'

const command = ['node', 'upstream.js']
const target = { name: 'shop', command: ['node', 'server.js'], directory: '/shop' }
const load = { steps: [{ name: 'GET /', method: 'GET', path: '/' }] }

const problemsOf = (needs: unknown) => {
  const result = check(schema, { target: { ...target, needs }, load }, 'The scenario')
  return 'problems' in result ? result.problems : []
}

const plannedOf = (needs: Record<string, Need>, environment = {}, variables = {}) => {
  const variant = { id: 'a', label: 'a', command: [], directory: '/', environment: variables, node: '' }
  return planNeeds({ ...target, needs } as Target, [variant], worldIn('/', { environment }), 'demo.ts')
}

const failureOf = (plan: () => unknown) => {
  try {
    plan()
  } catch (error) {
    return error as { message: string; advice: string }
  }
  return expect.unreachable()
}

describe('what may be written', () => {
  test.each<[Record<string, unknown>]>([
    [{}],
    [{ upstream: { command } }],
    [{ upstream: { command, ready: '/health', env: { API: '{{url}}/v1' }, port: 4_000, per: 'round' } }],
    [
      {
        'user-store': { command, ready: { log: /listening/ } },
        b: { command, ready: { command: ['true'] } },
      },
    ],
    [{ database: postgres(), cache: redis({ per: 'variant' }) }],
    [
      {
        database: postgres({ image: 'postgres:17' }),
        api: { image: 'shop/api', command, port: 8_080, per: 'variant' },
      },
    ],
    [{ database: postgres({ url: 'postgres://127.0.0.1/shop', seed: ['node', 'seed.js'] }) }],
  ])('%j', needs => {
    expect(problemsOf(needs)).toEqual([])
  })

  test.each<[Record<string, unknown>, RegExp]>([
    [
      { upstream: { comand: command, command } },
      /no setting `comand` in `target\.needs\.upstream`. Did you mean `command`/,
    ],
    [{ '1st': { command } }, /`target\.needs` has the name '1st'; a name must be .*letter first/],
    [{ 'a.b': { command } }, /has the name 'a\.b'/],
    [
      { upstream: {} },
      /`target\.needs\.upstream` must be an object with `command`, `image` or `url`, or made with postgres/,
    ],
    [{ upstream: { command, url: 'http://a' } }, /only one of command and url/],
    [{ upstream: { image: 'shop/api', url: 'http://a' } }, /only one of image and url/],
    [
      { upstream: { command: 'node a.js' } },
      /upstream\.command` must be a list of words.*write \['node', 'a\.js'\]/,
    ],
    [{ upstream: { url: 'localhost' } }, /upstream\.url` must be a URL/],
    [{ upstream: { command, ready: 'health' } }, /upstream\.ready` must be a path/],
    [{ upstream: { command, per: 'slice' } }, /upstream\.per` must be 'run', 'round' or 'variant'/],
    [{ upstream: { command, port: 70_000 } }, /upstream\.port` must be a whole number from 1 to 65535/],
    [{ upstream: { command, port: 80, per: 'variant' } }, /per` must be 'run' or 'round': with one port/],
    [
      { upstream: { command, per: 'round', reset: command } },
      /reset` must be left out: `per: 'round'` starts anew/,
    ],
    [
      { upstream: { command, env: { A: '{{uri}}' } } },
      /env\.A` must be text with no other placeholders than \{\{url\}\}/,
    ],
    [
      { userStore: { command }, 'user-store': { command } },
      /must be named differently: its variables.*`user-store`/,
    ],
    [{ upstream: { url: 'http://a', ready: { log: 'up' } } }, /ready` must be a path or a command/],
  ])('%j is refused', (needs, message) => {
    expect(problemsOf(needs).join('\n')).toMatch(message)
  })

  test('the value of a URL is not shown: it can hold a password', () => {
    expect(problemsOf({ database: { url: '//user:hunter22@host' } }).join()).not.toMatch(/hunter22/)
  })
})

describe('what is planned', () => {
  test('a command with its defaults', () => {
    expect(plannedOf({ upstream: { command, ready: { log: 'up (1)' } } })).toEqual([
      {
        name: 'upstream',
        kind: undefined,
        command: [process.execPath, 'upstream.js'],
        directory: '/shop',
        environment: {},
        port: undefined,
        ready: { by: 'log', pattern: 'up \\(1\\)', flags: '' },
        variables: { UPSTREAM_URL: '{{url}}', UPSTREAM_HOST: '{{host}}', UPSTREAM_PORT: '{{port}}' },
        seed: undefined,
        reset: undefined,
        per: 'run',
        timeout: 30_000,
      },
    ])
  })

  test('the program of a server is the one in PATH', async () => {
    const folder = await folderWith({ 'bin/redis-server': '', 'bin/postgres': '', 'other/redis-server': '' })
    const [bin, other] = [join(folder, 'bin'), join(folder, 'other')]
    await chmod(join(bin, 'redis-server'), 0o755)
    await chmod(join(bin, 'postgres'), 0o755)
    const planned = plannedOf({ cache: redis(), database: postgres() }, { PATH: `${other}:${bin}` })
    expect(planned!.map(({ server }) => server)).toEqual([join(bin, 'redis-server'), join(bin, 'postgres')])
  })

  test('without a server program, both ways out are named', () => {
    const { message, advice } = failureOf(() => plannedOf({ cache: redis() }, { PATH: '' }))
    expect(message).toBe('The need `cache` is Redis, and there is no `redis-server` on this machine.')
    expect(advice).toMatch(/apt-get install redis-server.*or give the `url`/)
  })

  test('an image runs in podman before docker, with its own command', async () => {
    const folder = await folderWith({ 'a/docker': '', 'b/podman': '' })
    const [docker, podman] = [join(folder, 'a/docker'), join(folder, 'b/podman')]
    for (const program of [docker, podman]) await chmod(program, 0o755)
    const planned = (PATH: string) => plannedOf({ api: { image: 'shop/api', command } }, { PATH })?.[0]
    expect(planned(`${join(folder, 'a')}:${join(folder, 'b')}`)).toMatchObject({
      image: 'shop/api',
      engine: podman,
      // In the container, `node` is its own.
      command,
    })
    expect(planned(join(folder, 'a'))).toMatchObject({ engine: docker })
  })

  test('without a container engine, the ways out are named', () => {
    const { message, advice } = failureOf(() =>
      plannedOf({ cache: redis({ image: 'redis:8' }) }, { PATH: '' }),
    )
    expect(message).toBe('The need `cache` has an image, and there is no podman or docker on this machine.')
    expect(advice).toMatch(/leave `image` out, so that the machine's own Redis is used/)
  })

  test('a variable that two set is refused', () => {
    const twice = { a: { command, env: { API: '{{url}}' } }, b: { command, env: { API: '{{url}}' } } }
    expect(failureOf(() => plannedOf(twice)).message).toBe(
      '`API` is set by the need `a` and by the need `b`.',
    )
    const own = () => plannedOf({ cache: { command } }, {}, { CACHE_URL: 'redis://prod' })
    expect(failureOf(own).message).toBe(
      '`CACHE_URL` is set by the need `cache` and by `environment` of variant `a`.',
    )
  })

  test('each need that is started has a metric for its CPU', () => {
    const needs = plannedOf({ upstream: { command }, database: postgres({ url: 'postgres://a' }) })
    const [metric, ...others] = metricsOfNeeds({ needs })
    expect(others).toEqual([])
    expect(metric).toMatchObject({ id: 'needs.upstream.cpu', unit: 'µs', better: 'lower' })
    const columns = { requests: [10, 0, 5], 'needs.upstream.cpu': [1e6, 1e6, 2e6] }
    expect(metric!.measure({ columns } as never)).toEqual([100, null, 400])
    expect(metric!.measure({ columns: { requests: [10] } } as never)).toBeNull()
  })
})

test('variables are named after the need', () => {
  expect(['database', 'userStore', 'user-store', 'dB2x'].map(prefixOf)).toEqual([
    'DATABASE',
    'USER_STORE',
    'USER_STORE',
    'D_B2X',
  ])
  expect(Object.keys(usualVariables('userStore'))).toEqual([
    'USER_STORE_URL',
    'USER_STORE_HOST',
    'USER_STORE_PORT',
  ])
  expect(filled('{{ url }}/{{port}}/{{what}}', { url: 'http://a', port: '1' })).toBe('http://a/1/{{what}}')
})
