/** What is asked of Flamegate about a service that waits. */

/** A load and a service: requests per second, and the milliseconds that the database spends on each. */
export interface Cell {
  rate: number
  wait: number
  /** Whether a compiler works beside it. */
  busy: boolean
}

export interface Question {
  name: string
  /** The only one of the run: its metric and margin. */
  gate: [string, string]
  /** Milliseconds of a run. */
  maxTime: number
  /** Variables of the changed shop, by the milliseconds that its requests wait. */
  change(wait: number): Record<string, string>
  wanted: 'regressed' | 'no regression'
  /** Share of the runs that must be as wanted. */
  least: number
  /** Whether it is asked of every load. */
  everywhere: boolean
}

const MEDIAN: Question['gate'] = ['latency.p50', '+2.5%']
/** Smallest change in ms that must be found. */
const SMALLEST = 0.2

/** About what it takes to ask Redis once more, in ms. */
const ROUND_TRIP = 0.12

/** How many more waits a slow request has, so p99 is one wait and this many. 15 % of that is close to a whole number of milliseconds in every cell. */
const SLOW = 5

/** A longer wait of every request: in the database, which sleeps for whole milliseconds, or for more answers of Redis. */
const longer =
  (share: number) =>
  (wait: number): Record<string, string> => {
    const more = Math.max(SMALLEST, share * wait)
    return more < 1
      ? { SHOP_ASKS: String(1 + Math.ceil(more / ROUND_TRIP)) }
      : { SHOP_WAIT: String(wait + Math.round(more)) }
  }

export const QUESTIONS: Question[] = [
  {
    name: 'no change',
    gate: MEDIAN,
    maxTime: 60_000,
    change: () => ({}),
    wanted: 'no regression',
    least: 1,
    everywhere: true,
  },
  {
    name: 'p50 +5 %',
    gate: MEDIAN,
    maxTime: 60_000,
    change: longer(0.05),
    wanted: 'regressed',
    least: 0.95,
    everywhere: true,
  },
  {
    name: 'p50 +10 %',
    gate: MEDIAN,
    maxTime: 30_000,
    change: longer(0.1),
    wanted: 'regressed',
    least: 0.95,
    everywhere: true,
  },
  {
    name: 'p99 +15 %',
    gate: ['latency.p99', '+5%'],
    maxTime: 120_000,
    change: wait => ({ SHOP_SLOW: String((SLOW + 0.15 * (1 + SLOW)) * wait) }),
    wanted: 'regressed',
    least: 0.8,
    everywhere: true,
  },
  {
    name: 'no index',
    gate: ['needs.database.cpu', '+10%'],
    maxTime: 60_000,
    change: () => ({ SHOP_QUERY: 'scan' }),
    wanted: 'regressed',
    least: 0.95,
    everywhere: false,
  },
]

/** Slow requests of both sides, so that there is a tail to change. */
export const unchanged = ({ name }: Question, wait: number): Record<string, string> => ({
  SHOP_WAIT: String(wait),
  ...(name.startsWith('p99') && { SHOP_SLOW: String(SLOW * wait) }),
})

const LOADS = [
  { rate: 20, wait: 200 },
  { rate: 200, wait: 20 },
  { rate: 1_000, wait: 2 },
]

export const CELLS: Cell[] = [false, true].flatMap(busy => LOADS.map(load => ({ ...load, busy })))

/** Where a question about a single load is asked. */
export const MIDDLE = CELLS[1]!

export const nameOf = ({ rate, wait, busy }: Cell): string =>
  `${rate}/s, ${wait} ms${busy ? ', compiler beside' : ''}`
