/** The profiles' side of a sample report: a small call tree, the same for every pair, with a known change. */
import type { Budget, Flame, FrameChange } from '../../harness/model/report.ts'
import type { SampleVariant } from './sample.ts'

type FlameFrame = Flame['frames'][number]

const frame = (name: string, file: string, line: number, category: FlameFrame['category']): FlameFrame => ({
  function: name,
  file,
  line,
  category,
  match: 'exact',
})

const SERVER = '/srv/flamegate/targets/serializer/server.js'
const FRAMES: FlameFrame[] = [
  frame('(root)', '', 0, 'v8'),
  frame('onParserExecuteCommon', 'node:_http_server', 893, 'node'),
  frame('parserOnIncoming', 'node:_http_server', 1072, 'node'),
  frame('emit', 'node:events', 466, 'node'),
  frame('handle', SERVER, 31, 'application'),
  {
    ...frame('serialize', SERVER, 52, 'application'),
    source: {
      file: SERVER,
      from: 52,
      lines: [
        'function serialize(payload) {',
        '\tconst text = JSON.stringify(payload)',
        '\treturn text',
        '}',
      ],
    },
  },
  frame('JSON.stringify', '', 0, 'v8'),
  {
    ...frame('anonymous0', '/srv/flamegate/node_modules/fast-json-stringify/index.js', 118, 'dependency'),
    match: 'only after',
  },
  {
    ...frame(
      'asString',
      '/srv/flamegate/node_modules/fast-json-stringify/lib/serializer.js',
      94,
      'dependency',
    ),
    match: 'only after',
  },
  frame('end', 'node:_http_outgoing', 1063, 'node'),
  frame('writeUtf8String', '', 0, 'v8'),
  frame('resOnFinish', 'node:_http_server', 1009, 'node'),
  { ...frame('prepare', SERVER, 77, 'application'), match: 'only before' },
  frame('(garbage collector)', '', 0, 'v8'),
  frame('processTimers', 'node:internal/timers', 519, 'node'),
]

/** Frame, parent node, self before, self after when the change is full, in µs per request. */
const NODES: [number, number, number, number][] = [
  [0, -1, 0, 0],
  [1, 0, 1.9, 1.9],
  [2, 1, 1.4, 1.3],
  [3, 2, 0.8, 0.8],
  [4, 3, 1.2, 1.2],
  [5, 4, 0.6, 0.5],
  [6, 5, 11.4, 0.4],
  [7, 5, 0, 4.8],
  [8, 7, 0, 2.1],
  [12, 4, 1.7, 0],
  [9, 4, 3.1, 3.1],
  [10, 10, 5.6, 5.5],
  [11, 2, 2.2, 2.2],
  [13, 0, 2.4, 2.1],
  [14, 0, 0.9, 0.9],
  [3, 14, 0.4, 0.4],
]

/** Which way the change goes: a variant without a clear one keeps the baseline's tree, a slower one goes back. */
const direction = (variant: SampleVariant): number =>
  Math.abs(variant.change) < 0.05 ? 0 : -Math.sign(variant.change)

export function sampleFlames(variant: SampleVariant, baseline: string): Flame[] {
  return [flame(variant, baseline, 'cpu', 'µs', 1), flame(variant, baseline, 'allocation', 'bytes', 512)]
}

function flame(
  variant: SampleVariant,
  baseline: string,
  collector: string,
  unit: string,
  scale: number,
): Flame {
  const way = direction(variant)
  const before = NODES.map(node => node[way < 0 ? 3 : 2] * scale)
  const after = NODES.map(node => node[way > 0 ? 3 : 2] * scale)
  const parent = NODES.map(node => node[1])
  const change = totals(parent, after).map((total, i) => total - totals(parent, before)[i]!)
  return {
    variant: variant.id,
    baseline,
    collector,
    unit,
    frames: framesFor(variant),
    parent,
    frame: NODES.map(node => node[0]),
    before,
    after,
    low: change.map((it, i) => it - 0.25 * scale * (1 + (i % 3))),
    high: change.map((it, i) => it + 0.25 * scale * (1 + (i % 3))),
    ...(collector === 'cpu' && { moments: moments(before, after) }),
  }
}

const STEPS = 20

/** Every call costs the same in every step, but for the last node, which runs in the second half only. */
function moments(before: number[], after: number[]): Flame['moments'] {
  const nodes = before.flatMap((_, node) => Array.from({ length: STEPS }, (_, at) => ({ node, at })))
  const entries = nodes.filter(({ node, at }) => node < before.length - 1 || at >= STEPS / 2)
  const part = (self: number[], node: number) => self[node]! / (node < before.length - 1 ? STEPS : STEPS / 2)
  const even = new Array<number>(STEPS).fill(1 / STEPS)
  return {
    step: 20,
    requests: { before: even, after: even },
    node: entries.map(({ node }) => node),
    at: entries.map(({ at }) => at),
    before: entries.map(({ node }) => part(before, node)),
    after: entries.map(({ node }) => part(after, node)),
  }
}

/** A copy, as tests give the functions other names; going back swaps what is only on one side. */
function framesFor(variant: SampleVariant): FlameFrame[] {
  const swap: Record<string, string> = { 'only before': 'only after', 'only after': 'only before' }
  const back = direction(variant) < 0
  return FRAMES.map(it => ({ ...it, match: back ? (swap[it.match] ?? it.match) : it.match }))
}

function totals(parent: number[], self: number[]): number[] {
  const sum = [...self]
  for (let i = sum.length - 1; i > 0; i--) sum[parent[i]!]! += sum[i]!
  return sum
}

export function sampleFrames(variant: SampleVariant, baseline: string): FrameChange[] {
  return ['cpu', 'allocation'].flatMap(collector =>
    framesFor(variant)
      .slice(1)
      .map((it, i) => frameChange(it, i + 1, variant, baseline, collector)),
  )
}

function frameChange(
  it: FlameFrame,
  index: number,
  variant: SampleVariant,
  baseline: string,
  collector: string,
): FrameChange {
  const {
    parent,
    frame: frames,
    before,
    after,
  } = flame(variant, baseline, collector, '', collector === 'cpu' ? 1 : 512)
  const whole = before.reduce((a, b) => a + b, 0)
  const own = frames.flatMap((frame, node) => (frame === index ? [node] : []))
  const sum = (values: number[]) => own.reduce((total, node) => total + values[node]!, 0)
  const estimate = (sum(after) - sum(before)) / whole
  const doubt = 0.006 + 0.001 * (index % 4)
  return {
    variant: variant.id,
    baseline,
    collector,
    function: it.function,
    file: it.file,
    line: it.line,
    category: it.category,
    before: sum(before),
    after: sum(after),
    totalBefore: sum(totals(parent, before)),
    totalAfter: sum(totals(parent, after)),
    change: { estimate, low: estimate - doubt, high: estimate + doubt, confidence: 0.95 },
    p: Math.abs(estimate) > doubt ? 0.008 : 0.62,
    significant: Math.abs(estimate) > doubt,
    detectable: doubt * 1.3,
    match: it.match,
  }
}

export function sampleBudgets(variant: SampleVariant): Budget[] {
  const { before, after } = flame(variant, '', 'cpu', 'µs', 1)
  const functions = after.reduce((a, b) => a + b, 0) - before.reduce((a, b) => a + b, 0)
  return [
    {
      variant: variant.id,
      collector: 'cpu',
      unit: 'µs',
      functions,
      whole: functions * 1.04,
      rest: functions * 0.04,
    },
  ]
}
