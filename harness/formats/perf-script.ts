/** What `perf script` prints: a line for each sample, and the frames below it, the innermost one first. */
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from '../profile/build.ts'
import { ProfileError } from '../profile/error.ts'
import { locator, type NamedFrame, readSymbol } from './frame-names.ts'

const WHAT = 'perf script'

/** `node 14253/14253 [001] 1150.146739:   10101010 cpu-clock:ppp: `; perf leaves out what it was not asked for. */
const SAMPLE =
  /^\s*(?<comm>\S.*?)\s+(?<pid>-?\d+)(?:\/-?\d+)?\s+(?:\[\d+\]\s+)?(?:(?<time>\d+\.\d+):\s+)?(?:(?<period>\d+)\s+)?(?<event>[^\s:\d]\S*):(?:\s+(?<rest>.*))?$/
/** `7f5e180ed606 JS:^fsyncSync node:fs:1664:19+0x246 (/tmp/perf-14253.map)` */
const FRAME = /^\s*[0-9a-f]+\s+(?<symbol>.+?)(?:\+0x[0-9a-f]+)? \((?<module>(?:[^()]|\(deleted\))*)\)$/
/** Software events that count nanoseconds. */
const CLOCKS = new Set(['cpu-clock', 'task-clock'])

interface Sample {
  comm: string
  pid: string
  /** Milliseconds; `NaN` where perf does not say. */
  time: number
  /** How much of the event it stands for. */
  period: number
  event: string
  /** As printed, the innermost first. */
  frames: string[]
}

/** Whether the first lines are a sample and a frame. */
export function isPerfScript(text: string): boolean {
  const [sample, frame] = text
    .slice(0, 20_000)
    .split('\n')
    .filter(line => !isRemark(line))
  const found = SAMPLE.exec((sample ?? '').trimEnd())
  return found !== null && [found.groups!.rest, frame].some(it => FRAME.test((it ?? '').trimEnd()))
}

/**
 * Frames of JavaScript have the places that V8 wrote beside them; those of native code have their name alone. The
 * thread's name is outermost. Of several events that with the most samples is read; `choice` says so.
 */
export function readPerfScript(text: string): { profile: Profile; choice?: string } {
  const samples = readSamples(text)
  const counts = new Map<string, number>()
  for (const { event } of samples) counts.set(event, (counts.get(event) ?? 0) + 1)
  const events = [...counts].sort(([, a], [, b]) => b - a).map(([event]) => event)
  const [event = '', ...others] = events
  const chosen = samples.filter(it => it.event === event)
  const choice =
    others.length > 0 ? { choice: `the event ${event} was read, not ${others.slice(0, 5).join(', ')}` } : {}
  return { profile: profileOf(chosen, event), ...choice }
}

const isRemark = (line: string): boolean => line.trim() === '' || line.startsWith('#')

function readSamples(text: string): Sample[] {
  const samples: Sample[] = []
  let number = 0
  for (const raw of text.split('\n')) {
    number++
    const line = raw.trimEnd()
    if (isRemark(line)) continue
    const frames = samples.at(-1)?.frames
    if (frames && /^\s+[0-9a-f]+\s/.test(line) && FRAME.test(line)) frames.push(line)
    else if (SAMPLE.test(line)) samples.push(sampleOf(line))
    // Below a frame perf may print its line in the source.
    else if (!frames || !/^\s/.test(line))
      throw new ProfileError(
        `${WHAT}: line ${number} is neither a sample nor a frame: "${line.slice(0, 80)}".`,
        { advice: 'Print it with: perf script -F comm,pid,tid,time,period,event,ip,sym,dso' },
      )
  }
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
    // Without call chains the frame stands behind the event.
    frames: rest && FRAME.test(rest) ? [rest] : [],
  }
}

/** Without modifiers (`:ppp`), and without the kind of core (`cpu_atom/cycles/`). */
const eventName = (event: string): string => /^(?:\w+\/)?([\w.-]+)/.exec(event)?.[1] ?? event

function profileOf(samples: Sample[], event: string): Profile {
  const value = CLOCKS.has(event) ? { type: 'cpu', unit: 'nanoseconds' } : { type: event, unit: 'count' }
  const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }, value])
  const [threadOf, locationOf] = [locator(builder, nameAlone), locator(builder, frameOf)]
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { comm, pid, frames, period, time } of samples) {
    let stack = builder.stack(-1, threadOf(threadName(comm, pid)))
    for (const frame of frames.toReversed()) stack = builder.stack(stack, locationOf(frame))
    // Several threads run at a time, so a sample does not last until the next one, and its own time says nothing.
    builder.sample(stack, [1, period])
    first = Math.min(first, time)
    last = Math.max(last, time)
  }
  return builder.build({ duration: Number.isFinite(last - first) ? last - first : 0 })
}

/** What runs on a processor without work is process 0. */
const threadName = (comm: string, pid: string): string => (pid === '0' ? '(idle)' : comm)

const nameAlone = (name: string): NamedFrame => ({ name, file: '', line: 0, column: 0 })

/** An unknown symbol goes by its library, as an address says nothing to a reader. */
function frameOf(frame: string): NamedFrame {
  const { symbol, module } = FRAME.exec(frame)!.groups!
  if (symbol !== '[unknown]') return readSymbol(symbol!)
  const library = module!.replace(' (deleted)', '').split('/').at(-1)!
  return nameAlone(
    library === '' || library === '[unknown]' ? '[unknown]' : `[${library.replace(/^\[|\]$/g, '')}]`,
  )
}
