/** The checkup on a terminal. Pure. */
import { counted, duration, percent, share, signedPercent } from '../../words/numbers.ts'
import { cell, columns, visible, wrap } from '../../words/text.ts'
import type { PrintOptions } from '../host.ts'
import type { Checkup, Trial } from './checkup.ts'
import type { Machine } from './machine.ts'

const MARKS = { error: ['✖', 31], warning: ['!', 33], info: ['·', 36] } as const

export function printCheckup(checkup: Checkup, { colour, width }: PrintOptions): string {
  const paint = (style: number, text: string) => (colour ? `\u001b[${style}m${text}\u001b[0m` : text)
  const heading = (text: string) => paint(1, text)
  const findings = checkup.findings.map(({ severity, message, advice }) => {
    const [mark, style] = MARKS[severity]
    const text = wrap(visible(`${message}${advice ? ` → ${advice}` : ''}`), width - 4).join('\n    ')
    return `  ${paint(style, mark)} ${text}`
  })
  const blocks = [
    [heading('Machine'), rows(machineRows(checkup.machine), width)],
    findings.length > 0 ? [heading('What blurs measurements here'), ...findings] : [],
    checkup.trials.length > 0 ? [heading('Measured'), ...checkup.trials.map(printTrial)] : [],
    checkup.sight.length > 0 ? [heading('What a gate can see'), sightTable(checkup)] : [],
    checkup.trials.length > 0 ? [heading(checkup.sentence)] : [],
  ]
  const texts = blocks.map(block => block.join('\n')).filter(text => text !== '')
  return `${texts.join('\n\n')}\n`
}

function machineRows(machine: Machine): [string, string][] {
  const { processors, cores, quota, siblings, governors, busy, steal, clock, memory } = machine
  const shares = machine.busiest.map(one => `${one.name} ${share(one.share)}`)
  const known = <T>(value: T | null, text: (value: T) => string) => (value === null ? 'unknown' : text(value))
  const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`
  return [
    [
      'processors',
      `${processors.length} of ${cores} (${processors.join(', ')})${siblings ? ` on ${siblings.length} cores` : ''}, ${machine.cpuModel}${quota === null ? '' : `, quota ${quota}`}`,
    ],
    ['pinning', machine.pinnable ? 'yes' : 'no'],
    ['governor', governors.join(', ') || 'unknown'],
    [
      'busy',
      `${known(busy, share)} now, stolen ${known(steal, share)}; load average ${machine.load.toFixed(2)}`,
    ],
    ['running', shares.join(', ') || 'nothing else'],
    ['clock', `${clock.source ?? 'unknown'}, steps of ${clock.resolution} ns`],
    ['memory', `${gibibytes(memory.available)} available of ${gibibytes(memory.total)}`],
    ['CPU time', machine.schedstat ? 'per thread, from the kernel' : 'per process, from the service'],
    ['kernel view', kernelViewText(machine)],
    ['runtime', `Node ${machine.node}, V8 ${machine.v8}`],
    ['system', `${machine.platform} ${machine.kernel}, ${machine.arch}${machine.virtual ? ', virtual' : ''}`],
    ...(machine.onBattery === null
      ? []
      : [['power', machine.onBattery ? 'battery' : 'mains'] as [string, string]]),
  ]
}

function kernelViewText({ kernelView: { version, lacks } }: Machine): string {
  if (lacks.length === 0) return `bpftrace ${version}: collectors off-cpu and system`
  return `no off-cpu and system collectors: ${lacks.join('; ')}`
}

function rows(entries: [string, string][], width: number): string {
  const margin = 14
  const wrapped = (text: string) => wrap(text, width - margin).join(`\n${' '.repeat(margin)}`)
  return entries.map(([name, text]) => `  ${name.padEnd(margin - 2)}${wrapped(text)}`).join('\n')
}

function printTrial({ injected, rounds, duration: took, status, changes, culprit, record }: Trial): string {
  const what = injected === 0 ? 'The service against itself' : `+${percent(injected)} of extra work`
  const figures = changes.map(
    ({ title, change: { estimate, low, high } }) =>
      `    ${cell(title, 18)}${signedPercent(estimate)} (${signedPercent(low)} to ${signedPercent(high)})`,
  )
  return [
    `  ${what}: ${status} (${counted(rounds, 'round')}, ${duration(took)})`,
    ...figures,
    ...(culprit ? [`    ${cell('first function', 18)}${visible(culprit)}`] : []),
    `    ${record}`,
  ].join('\n')
}

/** A row per time, a column per metric. */
function sightTable({ sight, sightError, trials }: Checkup): string {
  const rounds = trials.reduce((sum, trial) => sum + trial.rounds, 0)
  const times = [...new Set(sight.map(({ seconds }) => seconds))]
  const titles = [...new Set(sight.map(({ title }) => title))]
  const line = (time: string, cells: string[]) =>
    `  ${cell(time, 16)}${cells.map((text, at) => cell(text, columns(titles[at]!) + 3, 'right')).join('')}`
  return [
    line('in', titles),
    ...times.map(time => {
      const own = sight.filter(({ seconds }) => seconds === time)
      const changes = titles.map(title => own.find(one => one.title === title)?.change ?? null)
      return line(
        `${time} s, ${own[0]!.rounds} rounds`,
        changes.map(change => (change === null ? '–' : signedPercent(change))),
      )
    }),
    '  The smallest change for the worse that is called a regression in four runs of five,',
    `  give or take ${sightError === null ? 'anything' : share(sightError)}: it rests on ${counted(rounds, 'round')}.`,
  ].join('\n')
}
