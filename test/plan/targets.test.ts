/** Targets that already run, and those in containers. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunOptions } from '../../harness/model/options.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { CAPABILITIES, folderWith, worldIn } from './world.ts'

const LOAD = "load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] }"
const BLUE = "blue: { url: 'http://127.0.0.1:8080', pid: 41 }"
const GREEN = "green: { url: 'http://localhost:8081/', pid: 42 }"

async function planOf(
  variants: string,
  {
    target = "name: 'shop'",
    environment = {},
    ...options
  }: Partial<RunOptions> & { target?: string; environment?: Record<string, string> } = {},
) {
  const text = `export default { target: { ${target} }, variants: { ${variants} }, ${LOAD} }`
  const directory = await folderWith({ 'scenarios/demo.js': text })
  return await makePlan({ scenario: 'demo', ...options }, worldIn(directory, { environment }), CAPABILITIES)
}

test('nothing is started, and the target needs only a name', async () => {
  const { variants, baseline, target, gates } = await planOf(`${BLUE}, ${GREEN}`)
  expect(variants).toMatchObject([
    { id: 'blue', command: [], url: 'http://127.0.0.1:8080', pid: 41 },
    { id: 'green', command: [], url: 'http://localhost:8081', pid: 42 },
  ])
  expect({ baseline, name: target.name }).toEqual({ baseline: 'blue', name: 'shop' })
  expect(gates.map(({ metric }) => metric)).toEqual(['cpu.perRequest', 'errors'])
})

test('one service can be measured against itself', async () => {
  const { variants } = await planOf(BLUE, { aa: true })
  expect(variants.map(({ id, url }) => `${id} ${url}`)).toEqual([
    'blue http://127.0.0.1:8080',
    'blue-again http://127.0.0.1:8080',
  ])
})

describe('without a process', () => {
  const variants = `blue: { url: 'http://127.0.0.1:8080' }, ${GREEN}`

  test('a gate on CPU is refused', async () => {
    await expect(planOf(variants, { gates: ['cpu.perRequest<=+2%'] })).rejects.toThrow(
      'cpu.perRequest of variant `blue` cannot be measured: its process is not known.',
    )
  })

  test('a gate on errors is judged', async () => {
    const { gates } = await planOf(variants, { gates: ['errors<=0', 'latency.p99<=+5%'] })
    expect(gates.map(({ metric }) => metric).toSorted()).toEqual(['errors', 'latency.p99'])
  })
})

test.each([
  ['a url with a path', "blue: { url: 'http://127.0.0.1:8080/shop' }", /must be the origin of a service/],
  ['a url with a password', "blue: { url: 'http://a:b@127.0.0.1' }", /must be the origin of a service/],
  ['another protocol', "blue: { url: 'ws://127.0.0.1' }", /must be the origin of a service/],
  ['a variant without a url', `${BLUE}, green: {}`, /`variants.green.url` is missing; it must be the origin/],
  [
    'the same url twice',
    `${BLUE}, green: { url: 'http://127.0.0.1:8080' }`,
    /`variants.green.url` must be another one than that of `blue`: `--aa` measures/,
  ],
  [
    'a variant with settings for a start',
    "blue: { url: 'http://127.0.0.1:8080', args: ['--fast'] }",
    /`variants.blue.args` must be left out, since the service already runs/,
  ],
])('%s is refused', async (_, variants, said) => {
  await expect(planOf(variants)).rejects.toThrow(said)
})

test.each([
  [
    'a command besides urls',
    BLUE,
    "name: 'shop', command: ['node', 'a.js']",
    /`target.command` must be left out/,
  ],
  [
    'no command and no urls',
    'blue: {}',
    "name: 'shop', directory: '/srv'",
    /`target.command` is missing; it must be a list/,
  ],
  [
    'a process without a url',
    'blue: { pid: 41 }',
    "name: 'shop', command: ['node', 'a.js'], directory: '/srv'",
    /`variants.blue.pid` must be left out, since there is no `url`/,
  ],
])('%s is refused', async (_, variants, target, said) => {
  await expect(planOf(variants, { target })).rejects.toThrow(said)
})

test.each<[Partial<RunOptions>, RegExp]>([
  [{ baseline: 'git:main' }, /A commit cannot be measured: the services of this scenario already run/],
  [{ packages: ['qs@6.12.0', 'qs@6.12.1'] }, /Packages cannot be measured/],
])('%o is refused', async (options, said) => {
  await expect(planOf(`${BLUE}, ${GREEN}`, options)).rejects.toThrow(said)
})

describe('a service in a container', () => {
  const podman = async () => {
    const folder = await folderWith({ podman: '' })
    chmodSync(join(folder, 'podman'), 0o755)
    return folder
  }
  const planned = async (target: string, variants: string, environment = {}) => {
    const text = `export default { target: { name: 'shop', directory: '/', ${target} }, variants: { ${variants} }, ${LOAD} }`
    const directory = await folderWith({ 'scenarios/demo.js': text })
    return await makePlan({ scenario: 'demo' }, worldIn(directory, { environment }), CAPABILITIES)
  }

  test('has the image of its variant, and the command of the image', async () => {
    const PATH = await podman()
    const { variants } = await planned(
      "container: { image: 'shop:1' }",
      "a: {}, b: { image: 'shop:2', args: ['--fast'] }",
      { PATH },
    )
    expect(variants).toMatchObject([
      { command: [], container: { engine: join(PATH, 'podman'), image: 'shop:1', volumes: [] } },
      { command: ['--fast'], container: { image: 'shop:2' } },
    ])
  })

  test('can run already, and its CPU is known then, as by a probe', async () => {
    const PATH = await podman()
    const { variants, gates } = await planOf(
      "a: { url: 'http://127.0.0.1:1', container: 'shop' }, b: { url: 'http://127.0.0.1:2', probe: 'http://127.0.0.1:3' }",
      { environment: { PATH } },
    )
    expect(variants).toMatchObject([
      { inside: { engine: join(PATH, 'podman'), name: 'shop' } },
      { probe: 'http://127.0.0.1:3' },
    ])
    expect(gates.map(({ metric }) => metric)).toEqual(['cpu.perRequest', 'errors'])
  })

  test('can be built, and then has an image of its own', async () => {
    const { variants } = await planned(
      "container: { build: 'Dockerfile' }, command: ['node', 'a.js']",
      "'A b': {}, c: {}",
      {
        PATH: await podman(),
      },
    )
    const [first, second] = variants.map(({ container, command }) => ({ image: container!.image, command }))
    expect(first!.image).toMatch(/^localhost\/flamegate-shop-a-b-[0-9a-f]{8}$/)
    expect(second).toEqual({ image: 'localhost/flamegate-shop-c', command: ['node', 'a.js'] })
  })

  test.each([
    ["container: { image: 'a' }", 'a: {}, b: {}', /there is no podman or docker on this machine/],
    [
      'container: {}',
      "a: { image: 'x' }, b: {}",
      /`target.container.image` is missing; it must be the name of an image/,
    ],
    ["container: { build: 'D', image: 'x' }", 'a: {}, b: {}', /`target.container.build` must be left out/],
    ["container: { image: 'x', volumes: ['data'] }", 'a: {}, b: {}', /must be a text such as/],
    [
      "command: ['a']",
      "a: { image: 'x' }, b: {}",
      /`variants.a.image` must be left out, since the target has no/,
    ],
    [
      "container: { image: 'x' }",
      "a: { node: 'node@22' }, b: {}",
      /`variants.a.node` must be left out, since the image/,
    ],
  ])('%s, %s: refused', async (target, variants, said) => {
    await expect(planned(target, variants)).rejects.toThrow(said)
  })
})
