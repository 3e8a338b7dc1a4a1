/** Needs in containers, where podman is installed. The images are made of this machine's own files. */
import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgres, redis } from '../../harness/scenario/needs.ts'
import { containersOf, makeImage, podman, removeImage } from '../containers.ts'
import { programOf } from '../databases.ts'
import { folderWith } from '../plan/world.ts'
import { Flamegate, recordIn, send } from './flamegate.ts'
import { askingProject, SHORT, scenario, service, TO_POSTGRES, TO_REDIS } from './project.ts'

const IMAGE = 'flamegate-test-node'
const LISTENS = (port: string) =>
  `require('node:http').createServer((_, response) => response.end('Hello')).listen(${port}, '0.0.0.0')`

/** The service asks what it needs. @param need fields of the need, as source */
const project = (need: string) =>
  folderWith({
    'service.js': service('response.end(await (await fetch(process.env.UPSTREAM_URL)).text())'),
    'demo.js': scenario(
      `${SHORT} variants: { a: {}, b: {} }, gates: { 'needs.upstream.cpu': '+900%' },`,
      `needs: { upstream: { image: '${IMAGE}', ${need} } }`,
    ),
  })

const containers = (): string[] => containersOf('upstream', 'store')

describe.skipIf(!podman)(
  `a need in a container${podman ? '' : ' (skipped: podman is not installed)'}`,
  () => {
    beforeAll(() => makeImage(IMAGE, [process.execPath], [`ENTRYPOINT ["${process.execPath}"]`]))
    afterAll(() => removeImage(IMAGE))

    it('is started, handed over, measured and removed', async () => {
      const directory = await project(
        `command: ['-e', ${JSON.stringify(LISTENS('process.env.PORT'))}], ready: '/'`,
      )
      const started = new Flamegate(['demo.js', '--quick', '--rounds', '2'], { directory })
      const ended = await started.ended()
      expect(ended.stderr).not.toMatch(/✖/)
      expect(ended).toMatchObject({ exitCode: 0, left: [] })
      expect(containers()).toEqual([])
      const { rounds, needs } = recordIn(ended.output)
      expect(needs).toEqual([
        { name: 'upstream', version: expect.stringMatching(new RegExp(`^${IMAGE} \\([0-9a-f]{12}\\)$`)) },
      ])
      for (const { timed } of rounds.flatMap(({ launches }) => launches))
        expect(timed['needs.upstream.cpu']!.some(cpu => cpu! > 0)).toBe(true)
    })

    it('leaves nothing behind when Flamegate is killed', async () => {
      const directory = await project(`command: ['-e', ${JSON.stringify(LISTENS('process.env.PORT'))}]`)
      const started = new Flamegate(['demo.js', '--rounds', '2'], { directory })
      expect(await started.said(/round 1/)).toBe(true)
      await expect.poll(() => containers().length, { timeout: 20_000 }).toBe(1)
      send(started.child.pid!, 'SIGKILL')
      expect(await started.processesLeft()).toEqual([])
      await expect.poll(containers, { timeout: 10_000 }).toEqual([])
    })

    it.each([
      [
        'ends',
        "command: ['-e', 'console.log(\"no licence\"); process.exit(7)']",
        /ended \(code 7\) before it was ready/,
      ],
      [
        'is not there',
        "image: 'localhost/flamegate-test-missing'",
        /image of the need `upstream` cannot be fetched/,
      ],
      [
        'does not listen on its port',
        `command: ['-e', ${JSON.stringify(LISTENS('0'))}], timeout: 2_000`,
        /was not ready within 2 s/,
      ],
    ])('that %s is told with one message', async (_, need, message) => {
      const started = new Flamegate(['demo.js', '--quick'], { directory: await project(need) })
      const ended = await started.ended()
      expect(ended).toMatchObject({ exitCode: 3, left: [] })
      expect(ended.stderr).toMatch(message)
      expect(containers()).toEqual([])
    })
  },
)

const [postgresProgram, redisProgram] = [programOf(postgres()), programOf(redis())]
const isMissing = [podman, postgresProgram, redisProgram].some(program => program === undefined)

/** What the official image does: it creates the database of POSTGRES_PASSWORD, then runs the command as another user. */
const ENTRY = `set -e
export PGDATA=/data
mkdir -p /data /tmp /var/run/postgresql
printf %s "$POSTGRES_PASSWORD" > /password
chown postgres /data /password /var/run/postgresql
as="setpriv --reuid=postgres --regid=postgres --clear-groups --"
$as initdb -U postgres --auth=scram-sha-256 --pwfile=/password $POSTGRES_INITDB_ARGS
exec $as "$@"`

/** Doubles of the official images, made of this machine's servers. */
function makeServerImages(): void {
  makeImage('flamegate-test-redis', [redisProgram!])
  const bin = dirname(realpathSync(postgresProgram!))
  const shell = ['sh', 'mkdir', 'chown', 'setpriv'].flatMap(name => [`/bin/${name}`, `/usr/bin/${name}`])
  const programs = ['postgres', 'initdb', 'pg_isready'].map(name => join(bin, name))
  const rest = [
    join(bin, '../lib'),
    bin.replace('/lib/', '/share/').replace(/\/bin$/, ''),
    '/usr/share/zoneinfo',
    '/etc/passwd',
    '/etc/group',
  ]
  const entry = JSON.stringify(['/bin/sh', '-c', ENTRY, '--'])
  makeImage(
    'flamegate-test-postgres',
    [...shell, ...programs, ...rest],
    [`ENV PATH=/usr/bin:/bin:${bin}`, `ENTRYPOINT ${entry}`],
  )
}

describe.skipIf(isMissing)('a server in a container (needs podman, PostgreSQL and Redis)', () => {
  beforeAll(makeServerImages, 60_000)
  afterAll(() => {
    for (const name of ['redis', 'postgres']) removeImage(`flamegate-test-${name}`)
  })

  it.each([
    ['postgres', ...TO_POSTGRES],
    ['redis', ...TO_REDIS],
  ])('%s is started, measured and removed', async (kind, question, answer) => {
    const files = askingProject(`${kind}({ image: 'flamegate-test-${kind}' })`, question, answer)
    const started = new Flamegate(['demo.js', '--quick', '--rounds', '1'], {
      directory: await folderWith(files),
    })
    const ended = await started.ended()
    expect(ended.stderr).not.toMatch(/✖/)
    expect(ended).toMatchObject({ exitCode: 0, left: [] })
    expect(containers()).toEqual([])
    for (const { timed } of recordIn(ended.output).rounds.flatMap(({ launches }) => launches))
      expect(timed['needs.store.cpu']!.some(cpu => cpu! > 0)).toBe(true)
  })
})
