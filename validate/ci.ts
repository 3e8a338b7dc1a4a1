/**
 * From the tarball to the verdict on two commits, as a user: installs the package next to a fastify service in an empty
 * project, lets `flamegate init` write its files, measures once, and runs `flamegate ci` on a commit that makes one route
 * about 8 % slower and on one that changes a comment.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { duration } from '../harness/words/numbers.ts'
import { pack } from '../packaging/pack.ts'
import { COMMENT, FILES, SLOW } from './ci/service.ts'
import type { Experiment, Target } from './experiment.ts'
import { Project } from './project.ts'

const FASTIFY = 'fastify@5'

/** Seconds that `ci` can measure for, and milliseconds that it can take in all. */
const BUDGET = 130
const LIMIT = 180_000

/** Bytes of `node_modules` with nothing but the package and its dependencies. */
const MOST_BYTES = 40e6

const ci: Experiment = {
  shows:
    'What a user sees from the packed tarball to the verdict of `flamegate ci` on two commits of a fastify service (quick: on the slower one).',
  async *run({ quick }) {
    const project = new Project('shop')
    const targets: Target[] = []
    try {
      for (const step of [install, firstRun, judgeSlower, ...(quick ? [] : [judgeComment])])
        for (const target of step(project)) {
          targets.push(target)
          yield target
        }
    } finally {
      if (targets.every(({ met }) => met)) project.remove()
      else console.error(`The project is kept in ${project.folder}`)
    }
  },
}

export default ci

function install(project: Project): Target[] {
  project.write(FILES)
  const packed = pack()
  project.write({ 'vendor/flamegate.tgz': readFileSync(packed.tarball) })
  packed.remove()
  const npmInstall = (...args: string[]) => project.run('npm', 'install', '--no-audit', '--no-fund', ...args)
  const began = performance.now()
  npmInstall('-D', './vendor/flamegate.tgz')
  const time = duration(performance.now() - began)
  const bytes = project.size('node_modules')
  npmInstall(FASTIFY)
  return [
    {
      name: 'cold install',
      value: `${(bytes / 1e6).toFixed(1)} MB in ${time}`,
      bound: `below ${MOST_BYTES / 1e6} MB`,
      met: bytes < MOST_BYTES,
    },
  ]
}

function firstRun(project: Project): Target[] {
  const written = project.run('npx', 'flamegate', 'init', '--yes')
  project.git('init', '--quiet', '--initial-branch=main')
  project.commit('A service')
  const { status, time } = project.flamegate('shop', '--aa', '--quick')
  return [
    { name: 'init', value: written.split('\n').slice(0, 4).join(' · '), met: true },
    {
      name: 'first run',
      value: `exit code ${status} after ${duration(time)}`,
      bound: 'exit code 0',
      met: status === 0,
    },
  ]
}

function judgeSlower(project: Project): Target[] {
  const { target, output } = judgeCommit(project, 'slower', SLOW, 1)
  const summary = project.read(output, 'summary.md')
  const row = summary.split('\n').find(line => line.startsWith('| `shop`')) ?? ''
  const cells = row.split('<br>')
  return [
    target,
    {
      name: 'names the function',
      value: cells[1] ?? row,
      bound: '`priceOf`, or the route that V8 compiled it into in some launches',
      met: /priceOf.*pricing|listOrders.*server/.test(row),
    },
    {
      name: 'names the route',
      value: cells.at(-1)!,
      bound: 'GET /orders',
      met: /GET.*orders.*slowed most/.test(row),
    },
  ]
}

const judgeComment = (project: Project): Target[] => [judgeCommit(project, 'comment', COMMENT, 0).target]

/** Judges a branch with one commit against main. */
function judgeCommit(project: Project, branch: string, files: Record<string, string>, expected: number) {
  project.git('checkout', '--quiet', '-b', branch, 'main')
  project.write(files)
  project.commit(branch)
  const output = join('.bench', branch)
  const { status, time, stdout, stderr } = project.flamegate(
    'ci',
    '--budget',
    `${BUDGET}s`,
    '--output',
    output,
  )
  if (status !== expected) console.error(stdout + stderr)
  const { scenarios } = JSON.parse(project.read(output, 'report.json'))
  project.git('checkout', '--quiet', 'main')
  const target: Target = {
    name: `commit: ${branch}`,
    value: `${scenarios[0].status}, exit code ${status} after ${duration(time)}`,
    bound: `exit code ${expected} within ${duration(LIMIT)}`,
    met: status === expected && time < LIMIT,
  }
  return { target, output }
}
