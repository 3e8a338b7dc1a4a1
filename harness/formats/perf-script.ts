/** The output of `perf script`: a line for each sample, with its frames below it, innermost first. */
import type { Profile } from '../model/profile.ts'
import { type Frame, KERNEL_FILE, named, ProfileBuilder, ProfileError } from '../profile/index.ts'
import { firstNames } from '../words/text.ts'
import { locator, readSymbol } from './text-frames.ts'

/** `node 14253/14253 [001] 1150.146739:   10101010 cpu-clock:ppp: `; perf leaves out fields that were not selected. */
const SAMPLE =
  /^\s*(?<comm>\S.*?)\s+(?<pid>-?\d+)(?:\/-?\d+)?\s+(?:\[\d+\]\s+)?(?:(?<time>\d+\.\d+):\s+)?(?:(?<period>\d+)\s+)?(?<event>[^\s:\d]\S*):(?:\s+(?<rest>.*))?$/
/** `7f5e180ed606 JS:^fsyncSync node:fs:1664:19+0x246 (/tmp/perf-14253.map)` */
const FRAME = /^\s*[0-9a-f]+\s+(?<symbol>.+?)(?:\+0x[0-9a-f]+)? \((?<module>(?:[^()]|\(deleted\))*)\)$/
/** The kernel and its modules have the upper half of all addresses; where addresses are hidden, the module says it. */
const KERNEL = /^\s*ffff[0-9a-f]{12} |\(\[(?:guest\.)?kernel\b[^()]*\)$/
/** Software events that count nanoseconds. */
const CLOCKS = new Set(['cpu-clock', 'task-clock'])

interface Sample extends Record<'comm' | 'pid' | 'event', string> {
  /** Milliseconds; `NaN` where perf does not say. */
  time: number
  /** How many events the sample stands for, or nanoseconds of a clock. */
  period: number
  /** Lines as printed, innermost first. */
  frames: string[]
}

/** Looks for a sample and a frame in the first lines. */
export function isPerfScript(text: string): boolean {
  const [sample, frame] = text
    .slice(0, 20_000)
    .split('\n')
    .filter(line => !isRemark(line))
  const found = SAMPLE.exec((sample ?? '').trimEnd())
  return found !== null && [found.groups!.rest, frame].some(it => FRAME.test((it ?? '').trimEnd()))
}

/**
 * JavaScript frames have the places that V8 wrote next to them; native frames have only a name. The thread's name is
 * the outermost frame. Of several events the one with the most samples is read, and `choice` says so.
 */
export function readPerfScript(text: string): { profile: Profile; choice?: string } {
  const byEvent = Map.groupBy(readSamples(text), ({ event }) => event)
  const [chosen, ...others] = [...byEvent].sort(([, a], [, b]) => b.length - a.length)
  const [event, samples] = chosen ?? ['', []]
  const names = firstNames(others.map(([name]) => name))
  const choice = others.length > 0 ? `the event ${event} was read, not ${names}` : undefined
  return { profile: profileOf(samples, event), choice }
}

const isRemark = (line: string): boolean => line.trim() === '' || line.startsWith('#')

function readSamples(text: string): Sample[] {
  const samples: Sample[] = []
  text.split('\n').forEach((raw, at) => {
    const line = raw.trimEnd()
    if (isRemark(line)) return
    const frames = samples.at(-1)?.frames
    if (frames && /^\s+[0-9a-f]+\s/.test(line) && FRAME.test(line)) frames.push(line)
    else if (SAMPLE.test(line)) samples.push(sampleOf(line))
    // Below a frame perf may print its source line.
    else if (!frames || !/^\s/.test(line))
      throw new ProfileError(
        `perf script: line ${at + 1} is neither a sample nor a frame: "${line.slice(0, 80)}".`,
        { advice: 'Print it with: perf script -F comm,pid,tid,time,period,event,ip,sym,dso' },
      )
  })
  return samples
}

function sampleOf(line: string): Sample {
  const { comm, pid, time, period, event, rest } = SAMPLE.exec(line)!.groups!
  return {
    comm: comm!,
    pid: pid!,
    time: time === undefined ? Number.NaN : Number(time) * 1000,
    period: Number(period ?? 1),
    event: eventName(event!),
    // Without call chains the frame is on the line of the sample.
    frames: rest && FRAME.test(rest) ? [rest] : [],
  }
}

/** Drops modifiers (`:ppp`) and the kind of core (`cpu_atom/cycles/`). */
const eventName = (event: string): string => /^(?:\w+\/)?([\w.-]+)/.exec(event)?.[1] ?? event

function profileOf(samples: Sample[], event: string): Profile {
  const value = CLOCKS.has(event) ? { type: 'cpu', unit: 'nanoseconds' } : { type: event, unit: 'count' }
  const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }, value])
  const [threadOf, locationOf] = [locator(builder, named), locator(builder, frameOf)]
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { comm, pid, frames, period, time } of samples) {
    let stack = builder.stack(-1, threadOf(threadName(comm, pid)))
    for (const frame of frames.toReversed()) stack = builder.stack(stack, locationOf(frame))
    // Several threads run at a time, so a sample does not last until the next one: samples get no times.
    builder.sample(stack, [1, period])
    first = Math.min(first, time)
    last = Math.max(last, time)
  }
  return builder.build({ duration: Number.isFinite(last - first) ? last - first : 0 })
}

/** Process 0 runs on a processor that has no work. */
const threadName = (comm: string, pid: string): string => (pid === '0' ? '(idle)' : comm)

/** An unknown symbol gets the name of its library, because an address tells a reader nothing. */
function frameOf(frame: string): Frame {
  const { symbol, module } = FRAME.exec(frame)!.groups!
  const kernel = KERNEL.test(frame) ? { file: KERNEL_FILE } : {}
  if (symbol !== '[unknown]') return { ...readSymbol(symbol!), ...kernel }
  const library = module!.replace(' (deleted)', '').split('/').at(-1)!
  return { ...named(`[${library.replace(/^\[|\]$/g, '') || 'unknown'}]`), ...kernel }
}
