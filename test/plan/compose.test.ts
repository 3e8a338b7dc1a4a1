/** Services of compose files, as targets. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePlan } from '../../harness/plan/index.ts'
import { CAPABILITIES, folderWith, worldIn } from './world.ts'

const COMPOSE = `
services:
  api:
    build: { context: ./api, dockerfile: Dockerfile.prod }
    command: node "my server.js" --port 3000
    env_file: api.env
    environment:
      DATABASE: \${DATABASE_URL:-postgres://db/shop}
      RELEASE: \${RELEASE}
      PRICE: "5$$"
      TOKEN:
    volumes:
      - ./data:/data:ro
      - { type: bind, source: /srv/cache, target: /cache }
    ports: ["127.0.0.1:8080:3000/tcp"]
    depends_on: { db: { condition: service_healthy } }
    restart: always
  list:
    image: shop:1.4
    environment: ["A=1=2", "TOKEN"]
    expose: [4000]
    depends_on: [db, cache]
  db: { image: "postgres:17" }
`

interface Asked {
  target?: string
  compose?: string
  files?: Record<string, string>
}

async function planOf(container: string, { target = '', compose = COMPOSE, files = {} }: Asked = {}) {
  const directory = await folderWith({
    'compose.yml': compose,
    'api.env': 'LEVEL=warn\nRELEASE=of-the-file\n',
    '.env': 'RELEASE=7\n',
    'api/Dockerfile.prod': 'FROM scratch\n',
    podman: '',
    'scenarios/demo.js': `export default {
  target: { name: 'api', container: { compose: '../compose.yml', ${container} }, directory: import.meta.dirname, ${target} },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
}`,
    ...files,
  })
  chmodSync(join(directory, 'podman'), 0o755)
  const world = worldIn(directory, { environment: { PATH: directory, TOKEN: 'secret' } })
  return { directory, plan: await makePlan({ scenario: 'demo', aa: true }, world, CAPABILITIES) }
}

describe('a service of a compose file', () => {
  test('is built and run as the file says', async () => {
    const { plan, directory } = await planOf('')
    expect(plan.variants[0]).toMatchObject({
      directory: join(directory, 'api'),
      command: ['node', 'my server.js', '--port', '3000'],
      environment: {
        LEVEL: 'warn',
        DATABASE: 'postgres://db/shop',
        RELEASE: '7',
        PRICE: '5$',
        TOKEN: 'secret',
      },
      container: {
        build: 'Dockerfile.prod',
        volumes: [`${join(directory, 'data')}:/data:ro`, '/srv/cache:/cache'],
        hosts: ['db'],
      },
    })
    expect(plan.target.port).toBe(3000)
  })

  test('has an image and lists as well', async () => {
    const { plan } = await planOf("service: 'list'")
    expect(plan.variants[0]).toMatchObject({
      command: [],
      environment: { A: '1=2', TOKEN: 'secret' },
      container: { image: 'shop:1.4', volumes: [], hosts: ['db', 'cache'] },
    })
    expect(plan.target.port).toBe(4000)
  })

  test('is what the scenario says where both say something', async () => {
    const { plan } = await planOf('', {
      target: "command: ['node', 'other.js'], port: 9, environment: { LEVEL: 'error' }",
    })
    expect(plan.variants[0]).toMatchObject({
      command: ['node', 'other.js'],
      environment: { LEVEL: 'error', PRICE: '5$' },
    })
    expect(plan.target.port).toBe(9)
  })

  test.each<[string, string, Asked, RegExp]>([
    ['no service of that name', "service: 'apy'", {}, /no service `apy`/],
    ['an image besides', "image: 'a'", {}, /image` must be left out, since the compose file says it/],
    ['a file that is not YAML', '', { compose: 'services: [' }, /compose.yml cannot be read/],
    [
      'a setting that would be lost',
      '',
      { compose: 'services: { api: { image: a, user: node } }' },
      /`services.api.user` of .*compose.yml cannot be taken over/,
    ],
    [
      'a volume with a name',
      '',
      { compose: 'services: { api: { image: a, volumes: ["data:/data"] } }' },
      /`volumes: data` of .* cannot be taken over/,
    ],
    [
      'a file of variables that does not exist',
      '',
      { compose: 'services: { api: { image: a, env_file: none.env } }' },
      /none.env cannot be read/,
    ],
    [
      'a value of another kind',
      '',
      { compose: 'services: { api: { image: 5 } }' },
      /`image` must be text, but it is 5/,
    ],
  ])('%s is refused', async (_, container, asked, said) => {
    await expect(planOf(container, asked)).rejects.toThrow(said)
  })
})
