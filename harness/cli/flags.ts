/** The table of flags. Parsing, environment variables, the npm trap and `--help` all use it. */
import { type StorePlace, storePlace } from '../exchange/index.ts'
import type { Settings } from '../model/config.ts'
import { UsageError } from '../model/errors.ts'
import { parseDuration } from '../plan/index.ts'
import { STACKS, type Stack } from './init/stack.ts'

export interface Flag<T> {
  /** A switch is on or off; a value follows its flag. */
  kind: 'switch' | 'value'
  short?: string
  /** Stands for the value in the help, for example `N`. */
  placeholder?: string
  /** Whether an environment variable sets it too. */
  settable: boolean
  /** Its name in `flamegate.config.ts`. */
  config?: keyof Settings
  help: string
  /** The default, as text. */
  otherwise?: string
  /** Reads the value of the flag or the variable. */
  parse(text: string): T
}

const onOff = (help: string, details: Partial<Flag<boolean>> = {}): Flag<boolean> => ({
  kind: 'switch',
  settable: true,
  help,
  parse: readSwitch,
  ...details,
})

const value = <T>(
  placeholder: string,
  help: string,
  parse: (text: string) => T,
  details: Partial<Flag<T>> = {},
): Flag<T> => ({ kind: 'value', settable: true, placeholder, help, parse, ...details })

/** Means one call only, so no variable sets it. */
const once = { settable: false }

export const FLAGS = {
  'dry-run': onOff('print the plan and measure nothing', once),
  quick: onOff('two short rounds for a first look; judges no gates'),
  rounds: value('N', 'measure exactly N rounds', readCount, {
    otherwise: '4 to 24, until every gate is decided',
    config: 'rounds',
  }),
  'max-time': value('TIME', 'start no round after this time: 60, 90s, 2m …', readDuration, {
    otherwise: '40s for each variant',
    config: 'maxTime',
  }),
  variants: value('A,B', 'measure only these variants and the baseline', readList, { otherwise: 'all' }),
  baseline: value('BASELINE', 'compare with variant:<id>, git:<ref>, a saved name or a record', readText, {
    otherwise: 'the variant that the scenario declares',
  }),
  'save-baseline': value('NAME', 'keep the run as a baseline for later runs', readText),
  gate: value('GATE', "gate on a metric: 'cpu.perRequest<=+2%'; repeatable", readList, {
    otherwise: 'the gates of the scenario',
  }),
  expect: value('GATE', "fail unless an improvement is proven: 'cpu.perRequest<=-10%'; repeatable", readList),
  strict: onOff('fail when a gate is inconclusive', { config: 'strict' }),
  aa: onOff('measure the baseline against itself'),
  'heap-snapshot': onOff('take two heap snapshots of every variant and compare them by constructor'),
  har: value('FILE', 'write a scenario from a recording of a browser', readText, once),
  k6: value('FILE', 'write a scenario from a script for k6', readText, once),
  artillery: value('FILE', 'write a scenario from an Artillery test', readText, once),
  postman: value('FILE', 'write a scenario from a Postman collection', readText, once),
  openapi: value('FILE', 'write a scenario from an OpenAPI 3 description', readText, once),
  'access-log': value('FILE', 'write the scenario from what production was asked for', readText, once),
  windows: value('FOLDER', 'the same, from windows of the probe', readText, once),
  limit: value('TIME', 'latency limit for p99: 50ms, 0.5s …', readDuration, {
    otherwise: '100ms',
  }),
  seed: value('N', 'seed for the order of variants and for resampling', readCount, {
    otherwise: 'the time',
    config: 'seed',
  }),
  remote: onOff('allow load for services on other machines', once),
  wait: onOff('wait until no other run measures on this machine'),
  json: onOff('print the report as JSON and nothing else'),
  output: value('FOLDER', 'write the files of the run here', readText, {
    otherwise: '.bench/<scenario>/<time>',
  }),
  budget: value('TIME', 'time that all scenarios of a CI job share', readDuration, {
    otherwise: '10m',
    config: 'budget',
  }),
  shard: value('I/N', 'run every Nth scenario of a CI job, starting with the Ith', readShard, {
    otherwise: 'all',
  }),
  send: value('STORE', 'send the profiles to a store afterwards: pyroscope:http://127.0.0.1:4040', readStore),
  reason: value('TEXT', 'why the regression is accepted', readText, once),
  until: value('DATE', 'last day on which the accepted regression holds', readDate, {
    ...once,
    otherwise: 'in 30 days',
  }),
  command: value('COMMAND', 'the command that starts the service', readText, {
    ...once,
    otherwise: 'the start script',
  }),
  routes: value('PATHS', 'the paths that the first scenario requests: /,/orders', readList, {
    ...once,
    otherwise: 'routes found in the sources',
  }),
  workflow: value('SYSTEM', 'github, gitlab or none', readSystem, {
    ...once,
    otherwise: 'the one that the repository uses',
  }),
  stack: value(
    'STORE',
    'write files of a store of profiles and of an agent: pyroscope or flamegate',
    readStack,
    once,
  ),
  yes: onOff('ask no questions', { ...once, short: 'y' }),
  requests: value(
    'BEFORE,AFTER',
    'requests that each side of a diff served: adds cost per request',
    readPair,
    once,
  ),
  'source-maps': value('FOLDER', 'where the source maps of the profiled scripts are', readText, once),
  'max-profile': value('MIB', 'how large a profile may be when unpacked', readCount, {
    ...once,
    otherwise: '256',
  }),
  window: value('TIME', 'length of a window: 5m, 10m …', readDuration, {
    ...once,
    otherwise: '10m; 1m for `serve`',
  }),
  last: value('TIME', 'how far back the windows go: 1h, 6h …', readDuration, { ...once, otherwise: '1h' }),
  end: value('BEFORE,AFTER', 'when the last window of each side ended; one time is for both', readMoments, {
    ...once,
    otherwise: 'now',
  }),
  by: value('LABEL', 'the label that tells processes apart: each is read by itself', readText, once),
  type: value('TYPE', 'which profiles of a store are read', readText, {
    ...once,
    otherwise: 'those of the processor',
  }),
  prometheus: value('URL', 'where `--requests-query` is asked', readText, once),
  'requests-query': value('QUERY', 'how many requests were served in a window', readText, once),
  folder: value('FOLDER', 'where profiles are kept', readText, { ...once, otherwise: '.bench/windows' }),
  host: value('HOST', 'the address to listen on', readText, { ...once, otherwise: '127.0.0.1' }),
  port: value('PORT', 'the port to listen on', readCount, { ...once, otherwise: '4040' }),
  keep: value('MIB', 'how much is kept: the oldest goes first', readCount, { ...once, otherwise: '1024' }),
  scrape: value('SERVICE=URL', 'ask a service for profiles; repeatable', readList, once),
  pid: value('PID', 'the process to profile', readCount, once),
  seconds: value('TIME', 'how long to profile it: 10, 30s, 1m …', readDuration, {
    ...once,
    otherwise: '10s',
  }),
  method: value('METHOD', 'the method of the request that carries the token', readText, {
    ...once,
    otherwise: 'GET',
  }),
  valid: value('TIME', 'how long the token is valid: 60, 90s, 5m …', readDuration, {
    ...once,
    otherwise: '60s',
  }),
  help: onOff('print this help', { ...once, short: 'h' }),
  version: onOff('print the version', { ...once, short: 'v' }),
}

export type FlagName = keyof typeof FLAGS
export type Options = { [Name in FlagName]?: ReturnType<(typeof FLAGS)[Name]['parse']> }

export const FLAG_NAMES = Object.keys(FLAGS) as FlagName[]

/** Any flag of the table, whatever it parses to. */
export const flagOf = (name: FlagName): Flag<unknown> => FLAGS[name]

/** `max-time` → `FLAMEGATE_MAX_TIME` */
export const environmentName = (name: string) => `FLAMEGATE_${name.toUpperCase().replaceAll('-', '_')}`

/** @throws UsageError when the value is undefined: the text could not be read */
function accepted<T>(value: T | undefined, problem: string, advice: string): T {
  if (value !== undefined) return value
  throw new UsageError(problem, { advice })
}

function readSwitch(text: string): boolean {
  const word = text.trim().toLowerCase()
  const isOn = ['1', 'true', 'yes', 'on'].includes(word)
  const isOff = ['0', 'false', 'no', 'off', ''].includes(word)
  return accepted(isOn || isOff ? isOn : undefined, `\`${text}\` is neither on nor off.`, 'Give 1 or 0.')
}

function readCount(text: string): number {
  const count = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  const whole = Number.isSafeInteger(count) ? count : undefined
  return accepted(whole, `\`${text}\` is not a whole number.`, 'Give a number such as 12.')
}

/** Milliseconds; a number without a unit is seconds. */
function readDuration(text: string): number {
  const advice = 'Give seconds (60), or a number with ms, s, m or h (90s, 2m).'
  return accepted(parseDuration(text), `\`${text}\` is not a time.`, advice)
}

function readList(text: string): string[] {
  const items = text.split(',').map(item => item.trim())
  const full = items.includes('') ? undefined : items
  return accepted(full, `\`${text}\` has an empty item.`, 'Separate the items by single commas.')
}

function readShard(text: string): { index: number; of: number } {
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  const shard = index >= 1 && index <= of ? { index, of } : undefined
  return accepted(shard, `\`${text}\` is not a shard.`, 'Give index and total, for example 2/4.')
}

function readDate(text: string): string {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
  return accepted(isDate ? text : undefined, `\`${text}\` is not a date.`, 'Write it like 2026-12-31.')
}

function readStack(text: string): Stack {
  const stack = STACKS.find(name => name === text)
  return accepted(stack, `There is no stack \`${text}\`.`, `Give one of ${STACKS.join(', ')}.`)
}

/** Milliseconds since the epoch, for each side. */
function readMoments(text: string): [number, number] {
  const moments = readList(text).map(item => Date.parse(item))
  const [before = Number.NaN, after = before, ...others] = moments
  const isTime = others.length === 0 && Number.isFinite(before) && Number.isFinite(after)
  const advice = 'Give one or two, like 2026-12-31T09:00Z.'
  return accepted(isTime ? [before, after] : undefined, `\`${text}\` is not a time.`, advice)
}

function readSystem(text: string) {
  const systems = ['github', 'gitlab', 'none'] as const
  const system = systems.find(name => name === text)
  return accepted(system, `There is no workflow for \`${text}\`.`, `Give one of ${systems.join(', ')}.`)
}

function readPair(text: string): [number, number] {
  const [before = 0, after = 0, ...others] = readList(text).map(readCount)
  const pair: [number, number] | undefined =
    before > 0 && after > 0 && others.length === 0 ? [before, after] : undefined
  return accepted(pair, `\`${text}\` is not two counts above zero.`, 'Give one for each side: 12000,11800.')
}

function readStore(text: string): StorePlace {
  const advice = 'Write it like pyroscope:http://127.0.0.1:4040, or parca:….'
  return accepted(storePlace(text, { selects: false }), `\`${text}\` is not a store of profiles.`, advice)
}

function readText(text: string): string {
  return accepted(text.trim() === '' ? undefined : text, 'The value is empty.', 'Give one, or drop the flag.')
}
