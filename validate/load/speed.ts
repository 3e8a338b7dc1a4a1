/** Throughput and cost of the closed loop beside plain autocannon and, where it is installed, wrk; in turn. */
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { median } from '../../harness/stats/describe.ts'
import { generate, warm } from './generate.ts'
import type { Outcome } from './outcome.ts'
import { isApart, ROOT, withServer } from './service.ts'

const CONNECTIONS = 10
const SECONDS = 1

interface Shot {
  /** Requests per second, and µs of the generator's CPU for each. */
  rate: number
  cost: number
}

/** @param turns of each generator */
export async function speed(turns: number): Promise<Outcome[]> {
  return withServer(join(ROOT, 'test', 'fixtures', 'server.js'), async url => {
    const shots = { closed: [] as Shot[], autocannon: [] as Shot[], wrk: [] as Shot[] }
    const hasWrk = spawnSync('wrk', ['-v']).error === undefined
    await plain(url)
    await warm({ url, path: '/a', connections: CONNECTIONS, times: 2_000 })
    let times = 4_000
    for (let turn = 0; turn < turns; turn++) {
      const closed = async () => {
        const shot = await costing(async () => {
          const { requests, wall } = await generate({ url, path: '/a', connections: CONNECTIONS, times })
          return { requests, seconds: wall / 1e9 }
        })
        times = Math.round((shot.rate * SECONDS) / CONNECTIONS)
        shots.closed.push(shot)
      }
      const other = async () => void shots.autocannon.push(await plain(url))
      for (const shoot of turn % 2 === 0 ? [closed, other] : [other, closed]) await shoot()
      if (hasWrk) shots.wrk.push(wrk(url))
    }
    const [ours, theirs] = [middle(shots.closed), middle(shots.autocannon)]
    // The machine is faster and slower by half from one minute to the next: only neighbours are compared.
    const ratio = median(shots.closed.map(({ rate }, turn) => rate / shots.autocannon[turn]!.rate))
    return [
      {
        what: 'closed loop beside plain autocannon',
        found: `${Math.round(ours.rate)} and ${Math.round(theirs.rate)} requests/s (${percent(ratio)} in the middle of ${turns} pairs), ${ours.cost.toFixed(1)} and ${theirs.cost.toFixed(1)} µs of CPU a request`,
        target: 'at least its throughput, within 3 %',
        passed: ratio >= 0.97,
      },
      {
        what: 'closed loop beside wrk',
        found: hasWrk
          ? `${percent(ours.rate / middle(shots.wrk).rate)} of its ${Math.round(middle(shots.wrk).rate)} requests/s (${middle(shots.wrk).cost.toFixed(1)} µs of CPU a request)`
          : 'skipped: wrk is not installed (Debian package wrk)',
        passed: true,
      },
    ]
  })
}

async function costing(work: () => Promise<{ requests: number; seconds: number }>): Promise<Shot> {
  const before = process.cpuUsage()
  const { requests, seconds } = await work()
  const { user, system } = process.cpuUsage(before)
  return { rate: requests / seconds, cost: (user + system) / requests }
}

const plain = (url: string) =>
  costing(
    () =>
      new Promise((resolve, reject) => {
        // From answer to answer: connecting and hanging up are no part of it.
        let [requests, began, ended] = [0, 0, 0]
        const instance = autocannon(
          {
            url,
            connections: CONNECTIONS,
            pipelining: 1,
            duration: SECONDS,
            timeout: 10,
            requests: [{ method: 'GET', path: '/a' }],
            setupClient: () => {},
            excludeErrorStats: false,
          },
          error => (error ? reject(error) : resolve({ requests, seconds: (ended - began) / 1_000 })),
        )
        instance.on('response', () => {
          ended = performance.now()
          began ||= ended
          requests++
        })
      }),
  )

/** It says requests per second itself; what it cost is asked of the shell. */
function wrk(url: string): Shot {
  const order = `${isApart ? 'taskset -c 1 ' : ''}wrk -t1 -c${CONNECTIONS} -d${SECONDS}s ${url}/a; times`
  const text = execFileSync('bash', ['-c', order], { encoding: 'utf8' })
  const rate = Number(/Requests\/sec:\s*([\d.]+)/.exec(text)?.[1])
  const requests = Number(/(\d+) requests in/.exec(text)?.[1])
  const [user = 0, system = 0] = (text.trimEnd().split('\n').at(-1) ?? '')
    .split(' ')
    .map(time => Number(/m([\d.]+)s/.exec(time)?.[1]))
  return { rate, cost: ((user + system) * 1e6) / requests }
}

function middle(shots: Shot[]): Shot {
  return { rate: median(shots.map(({ rate }) => rate)), cost: median(shots.map(({ cost }) => cost)) }
}

const percent = (ratio: number) => `${Math.round(ratio * 100)} %`
