/** The text of `perf script`: a head line for each sample, then its stack from the innermost frame on. */
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from './build.ts'
import { ProfileError } from './error.ts'
import { readFrame } from './frame-names.ts'

/** `node 14253 [001]  1150.146739:   10101010 cpu-clock:ppp:`; a processor, a thread and a period may be missing. */
const HEAD =
  /^\s*(\S.*?)\s+-?\d+(?:\/\d+)?\s+(?:\[\d+\]\s+)?(?:\S+\s+)?(\d+\.\d+):\s+(?:(\d+)\s+)?([\w.:/+-]*[a-z][\w.:/+-]*?)(?::[a-zA-Z]*)?:/
/** `	         1622da1 uv__io_poll+0x4a1 (/usr/bin/node)` */
const FRAME = /^\s+([\da-f]+)\s+(.+?)(?:\s+\(((?:[^()]|\(deleted\))*)\))?$/i
const OFFSET = /\+0x[\da-f]+$/i
/** Where V8 says what it has compiled: no library, so no file of the function. */
const JIT = /(?:^|\/)perf-\d+\.map$|^\/\/anon$|^(?:\[)?(?:unknown|anon)/
/** Events whose period is nanoseconds on a processor. */
const CLOCKS = /^(?:cpu|task)-clock\b/

interface Sample {
  command: string
  /** Seconds. */
  time: number
  period: number
  event: string
  /** From the innermost on. */
  frames: { text: string; module: string }[]
}

export function isPerfScript(text: string): boolean {
  const lines = text
    .slice(0, 20_000)
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
  const [head = '', frame = ''] = lines
  return HEAD.test(head) && /^\s+[\da-f]{3,}\s/i.test(frame)
}

/** Time on a processor where the event is a clock, numbers of samples otherwise. */
export function readPerfScript(text: string): Profile {
  const samples = samplesIn(text)
  if (samples.length === 0) throw new ProfileError('perf script: there is not a single sample.')
  const events = new Set(samples.map(({ event }) => event))
  const clock = [...events].every(event => CLOCKS.test(event)) && samples.every(({ period }) => period > 0)
  const count = { type: 'samples', unit: 'count' }
  const builder = new ProfileBuilder(clock ? [count, { type: 'cpu', unit: 'nanoseconds' }] : [count])
  const several = new Set(samples.map(({ command }) => command)).size > 1
  const locations = new Map<string, number>()
  const locationOf = (text: string, module: string) => {
    const key = `${text}\n${module}`
    const known = locations.get(key)
    if (known !== undefined) return known
    const { name, file, line, column } = readFrame(text.replace(OFFSET, ''))
    const location = builder.location(builder.function(name, file || fileOf(module), line, column))
    locations.set(key, location)
    return location
  }
  for (const { command, period, frames } of samples) {
    let stack = several ? builder.stack(-1, locationOf(command, '')) : -1
    for (const { text, module } of frames.toReversed()) stack = builder.stack(stack, locationOf(text, module))
    builder.sample(stack, clock ? [1, period] : [1])
  }
  const times = samples.map(({ time }) => time).filter(Number.isFinite)
  const span =
    times.reduce((last, time) => Math.max(last, time), 0) - times.reduce((a, b) => Math.min(a, b), Infinity)
  return builder.build({
    duration: span > 0 ? span * 1000 : 0,
    ...(clock && { period: samples[0]!.period }),
  })
}

const fileOf = (module: string): string => (JIT.test(module) ? '' : module)

function samplesIn(text: string): Sample[] {
  const samples: Sample[] = []
  let open: Sample | undefined
  let number = 0
  for (const raw of text.split('\n')) {
    number++
    const line = raw.trimEnd()
    if (line.startsWith('#')) continue
    if (line === '') {
      open = undefined
      continue
    }
    const frame = open && FRAME.exec(line)
    if (open && frame) {
      open.frames.push({ text: frame[2]!, module: frame[3] ?? '' })
      continue
    }
    const head = HEAD.exec(line)
    if (!head)
      throw new ProfileError(
        `perf script: line ${number} is neither a sample nor a frame: "${line.slice(0, 80)}".`,
      )
    open = {
      command: head[1]!,
      time: Number(head[2]),
      period: Number(head[3] ?? 0),
      event: head[4]!,
      frames: [],
    }
    samples.push(open)
  }
  return samples.filter(({ frames }) => frames.length > 0)
}
