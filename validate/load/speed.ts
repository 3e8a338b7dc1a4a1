/** Throughput and cost of the closed loop next to plain autocannon and, where it is installed, wrk; in turn. */
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { median } from '../../harness/stats/describe.ts'
import { share } from '../../harness/words/numbers.ts'
import { CONNECTIONS, shoot } from '../autocannon.ts'
import { type Context, ROOT, type Target, turned } from '../experiment.ts'
import { generate, warm } from './generate.ts'
import { isApart, withServer } from './service.ts'

const SECONDS = 1

interface Shot {
  /** Requests per second, and µs of the generator's CPU for each. */
  rate: number
  cost: number
}

export function speed({ quick }: Context): Promise<Target[]> {
  const turns = quick ? 6 : 24
  return withServer(join(ROOT, 'test', 'fixtures', 'server.js'), async url => {
    const shots = { closed: [] as Shot[], autocannon: [] as Shot[], wrk: [] as Shot[] }
    const hasWrk = spawnSync('wrk', ['-v']).error === undefined
    await plain(url)
    await warm({ url, path: '/a', connections: CONNECTIONS, times: 2_000 })
    let times = 4_000
    const closed = async () => {
      const shot = await costing(async () => {
        const { requests, wall } = await generate({ url, path: '/a', connections: CONNECTIONS, times })
        return { requests, seconds: wall / 1e9 }
      })
      times = Math.round((shot.rate * SECONDS) / CONNECTIONS)
      shots.closed.push(shot)
    }
    const other = async () => void shots.autocannon.push(await plain(url))
    for (let turn = 0; turn < turns; turn++) {
      for (const shoot of turned([closed, other], turn)) await shoot()
      if (hasWrk) shots.wrk.push(wrk(url))
    }
    // The machine's speed changes by half from one minute to the next, so only neighbours are compared.
    const ratio = median(shots.closed.map(({ rate }, turn) => rate / shots.autocannon[turn]!.rate))
    const [ours, theirs, wrks] = [shots.closed, shots.autocannon, shots.wrk].map(middle)
    return [
      {
        name: 'closed loop next to plain autocannon',
        value: `${share(ratio)} at the median of ${turns} pairs; ${shown(ours)} and ${shown(theirs)}`,
        bound: 'at least 97 % of its throughput',
        met: ratio >= 0.97,
      },
      {
        name: 'closed loop next to wrk',
        value: wrks
          ? `${share(ours!.rate / wrks.rate)} of its ${shown(wrks)}`
          : 'skipped: wrk is not installed (Debian package wrk)',
        met: true,
      },
    ]
  })
}

const shown = (shot?: Shot) =>
  shot ? `${Math.round(shot.rate)} requests/s (${shot.cost.toFixed(1)} µs of CPU per request)` : 'nothing'

async function costing(work: () => Promise<{ requests: number; seconds: number }>): Promise<Shot> {
  const before = process.cpuUsage()
  const { requests, seconds } = await work()
  const { user, system } = process.cpuUsage(before)
  return { rate: requests / seconds, cost: (user + system) / requests }
}

/** Counted from the first response to the last, so connecting and hanging up do not count. */
const plain = (url: string) =>
  costing(async () => {
    let [requests, began, ended] = [0, 0, 0]
    await shoot({ url, path: '/a', seconds: SECONDS }, () => {
      ended = performance.now()
      began ||= ended
      requests++
    })
    return { requests, seconds: (ended - began) / 1_000 }
  })

/** It prints requests per second itself; the shell knows its processor time. */
function wrk(url: string): Shot {
  const command = `${isApart ? 'taskset -c 1 ' : ''}wrk -t1 -c${CONNECTIONS} -d${SECONDS}s ${url}/a; times`
  const text = execFileSync('bash', ['-c', command], { encoding: 'utf8' })
  const rate = Number(/Requests\/sec:\s*([\d.]+)/.exec(text)?.[1])
  const requests = Number(/(\d+) requests in/.exec(text)?.[1])
  const [user = 0, system = 0] = (text.trimEnd().split('\n').at(-1) ?? '')
    .split(' ')
    .map(time => Number(/m([\d.]+)s/.exec(time)?.[1]))
  return { rate, cost: ((user + system) * 1e6) / requests }
}

function middle(shots: Shot[]): Shot | undefined {
  if (shots.length === 0) return undefined
  return { rate: median(shots.map(({ rate }) => rate)), cost: median(shots.map(({ cost }) => cost)) }
}
