/** Requests whose way is known are taken apart; times are ms. */
import { describe, expect, it } from 'vitest'
import type { FollowedRequest, FollowedRequests } from '../../harness/model/waits.ts'
import { flightsOf, timesOf } from '../../harness/waits/times.ts'

interface Step {
  cause: number
  from: number
  to: number
  /** Default: the loop slept until the end. */
  busy?: number
  began?: number
}

const followed = (
  from: number,
  to: number,
  steps: Step[],
  {
    runs = [] as [number, number, (number | null)?][],
    busy = from,
    delay = 0,
    watched = 0,
    slept = true,
  } = {},
): FollowedRequest => ({
  from,
  to,
  busy,
  delay: delay * 1e6,
  cut: false,
  way: {
    cause: steps.map(({ cause }) => cause),
    stack: steps.map(({ cause }) => (cause < 0 ? -1 : 0)),
    from: steps.map(step => step.from),
    to: steps.map(step => step.to),
    busy: steps.map(step => step.busy ?? step.to),
    began: steps.map(step => step.began ?? step.from),
  },
  runs: {
    from: runs.map(([from]) => from),
    to: runs.map(([, to]) => to),
    cpu: runs.map(([, , cpu = null]) => cpu),
    slept: runs.map(() => slept),
    watched: runs.map(() => watched),
  },
})

const seen = (requests: FollowedRequest[], pauses: [number, number][] = []): FollowedRequests => ({
  began: 1e6,
  seen: requests.length,
  requests,
  causes: [{ kind: 'socket', peer: '127.0.0.1:5432' }],
  stacks: [[0]],
  frames: [{ name: 'load', file: '/app/orders.js', line: 12, startLine: 10, startColumn: 1 }],
  pauses: { from: pauses.map(([from]) => from), to: pauses.map(([, to]) => to) },
  pool: { threads: 4, busy: {}, time: 0 },
})

/** µs on the machine's clock, of a request that the load sent and received at these ms of the agent's. */
const sent = (...flights: [number, number][]) => ({
  from: flights.map(([from]) => 1e6 + from * 1e3),
  to: flights.map(([, to]) => 1e6 + to * 1e3),
})

/** The sums of the parts of the only request. */
function partsOf(request: FollowedRequest, flight: [number, number], pauses: [number, number][] = []) {
  const [apart] = timesOf(seen([request], pauses), sent(flight))
  const sums: Record<string, number> = {}
  for (const { kind, time } of apart!.parts) sums[kind] = Number(((sums[kind] ?? 0) + time).toFixed(6))
  expect(apart!.parts.reduce((sum, { time }) => sum + time, 0)).toBeCloseTo(apart!.latency, 6)
  return sums
}

const QUERY: Step[] = [
  { cause: -1, from: 9, to: 10 },
  { cause: 0, from: 2, to: 9 },
  { cause: -1, from: 0, to: 2 },
]

describe('the time of a request', () => {
  it('is its own work, its waits, and the way there and back', () => {
    expect(partsOf(followed(0, 10, QUERY), [-0.5, 10.3])).toEqual({ own: 3, wait: 7, delivery: 0.8 })
  })

  it('counts its own work while it waits as its own', () => {
    expect(
      partsOf(
        followed(0, 10, QUERY, {
          runs: [
            [0, 4],
            [9, 10],
          ],
        }),
        [0, 10],
      ),
    ).toEqual({ own: 5, wait: 5 })
  })

  it('tells its own work from what following it took', () => {
    const runs: [number, number][] = [
      [0, 2],
      [9, 10],
    ]
    expect(partsOf(followed(0, 10, QUERY, { runs, watched: 0.6 }), [0, 10])).toEqual({
      own: 1.8,
      watching: 1.2,
      wait: 7,
    })
  })

  it('tells garbage collection from work', () => {
    expect(partsOf(followed(0, 10, QUERY), [0, 10], [[1, 1.5]])).toEqual({
      own: 2.5,
      collection: 0.5,
      wait: 7,
    })
  })

  it('tells work that the processor did from time in which the main thread was blocked', () => {
    const runs: [number, number, number][] = [
      [0, 2, 0.5],
      [9, 10, 1],
    ]
    expect(partsOf(followed(0, 10, QUERY, { runs }), [0, 10])).toEqual({ own: 1.5, blocked: 1.5, wait: 7 })
    expect(partsOf(followed(0, 10, QUERY, { runs, delay: 1 }), [0, 10])).toEqual({
      own: 1.5,
      blocked: 0.5,
      processor: 1,
      wait: 7,
    })
  })

  it('lacked a processor if its thread neither ran nor slept', () => {
    const runs: [number, number, number][] = [
      [0, 2, 0.5],
      [9, 10, 1],
    ]
    expect(partsOf(followed(0, 10, QUERY, { runs, slept: false }), [0, 10])).toEqual({
      own: 1.5,
      processor: 1.5,
      wait: 7,
    })
  })

  it('lacked a processor while others ran on the loop, and the kernel says that the thread had to wait', () => {
    const late: Step[] = [
      { cause: -1, from: 9, to: 10 },
      { cause: -2, from: 2, to: 9 },
      { cause: -1, from: 0, to: 2 },
    ]
    expect(partsOf(followed(0, 10, late, { delay: 5 }), [0, 10])).toEqual({ own: 3, others: 2, processor: 5 })
  })

  it('has what nothing explains', () => {
    expect(partsOf(followed(0, 10, QUERY.slice(0, 2)), [0, 10])).toEqual({ own: 1, wait: 7, unexplained: 2 })
  })

  it('tells the queue of the thread pool from its service', () => {
    const [last, wait, first] = QUERY as [Step, Step, Step]
    expect(partsOf(followed(0, 10, [last, { ...wait, began: 6 }, first]), [0, 10])).toEqual({
      own: 3,
      queue: 4,
      wait: 3,
    })
  })

  it('counts requests that waited for the loop to get to them', () => {
    expect(
      partsOf(
        followed(
          5,
          15,
          QUERY.map(it => ({ ...it, from: it.from + 5, to: it.to + 5 })),
          { busy: 1 },
        ),
        [0, 15],
      ),
    ).toEqual({
      own: 3,
      wait: 7,
      others: 4,
      delivery: 1,
    })
  })
})

describe('a loop that is busy with others', () => {
  /** Each wait takes 3 ms. The last one ends while other requests hold the loop for 20 ms. */
  const usual = Array.from({ length: 9 }, (_, at) =>
    followed(at * 100, at * 100 + 3, [{ cause: 0, from: at * 100, to: at * 100 + 3 }]),
  )
  const held = followed(1_000, 1_022, [{ cause: 0, from: 1_000, to: 1_022, busy: 1_002 }])
  const flights = [...usual, held].map(({ from, to }): [number, number] => [from, to])

  it('counts from when the wait usually is over', () => {
    const parts = timesOf(seen([...usual, held]), sent(...flights)).at(-1)!.parts
    expect(parts.map(({ kind, time }) => [kind, Number(time.toFixed(6))])).toEqual([
      ['others', 19],
      ['wait', 3],
    ])
  })

  it('is not blamed for a wait that was longer while it slept', () => {
    const slow = followed(1_000, 1_022, [{ cause: 0, from: 1_000, to: 1_022, busy: 1_021 }])
    const parts = timesOf(seen([...usual, slow]), sent(...flights)).at(-1)!.parts
    expect(parts.map(({ kind, time }) => [kind, Number(time.toFixed(6))])).toEqual([
      ['others', 1],
      ['wait', 21],
    ])
  })
})

describe('the request of the load that a followed one was', () => {
  it('is the one that was answered right after it ended', () => {
    const requests = [followed(1, 10, []), followed(2, 6, [])]
    const flights = flightsOf(seen(requests), sent([0, 10.2], [0.5, 6.1], [1.5, 30]))
    expect(flights.map(flight => flight?.to.toFixed(3))).toEqual(['10.200', '6.100'])
  })

  it('is unknown where none fits', () => {
    expect(flightsOf(seen([followed(1, 10, [])]), sent([5, 12]))).toEqual([undefined])
  })
})
