/** The columns of a slice, declared once for records, analysis, tables and documentation. */

/** What a value is about, which decides how far it can be trusted: memory does not depend on the machine's speed. */
export type Family = 'load' | 'processor' | 'waiting' | 'memory' | 'exact' | 'runtime'

export interface Column {
  /** What a value is measured in. */
  unit: 'ns' | 'ms' | 'bytes' | 'count' | 'ratio'
  /** A `difference` is what happened in the slice, a `level` what was found at its end. */
  kind: 'difference' | 'level'
  family: Family
  /** Where the value comes from. */
  from: 'loader' | 'kernel' | 'agent'
  /** How the processes and threads of a launch combine: values add up, or the largest one counts. Default: they add up. */
  combine?: 'sum' | 'max'
  title: string
}

const load = { kind: 'difference', family: 'load', from: 'loader' } as const
const kernel = { unit: 'ns', kind: 'difference', from: 'kernel' } as const
const scheduler = { ...kernel, unit: 'count', family: 'runtime' } as const
const agent = { kind: 'difference', from: 'agent' } as const
const level = { kind: 'level', from: 'agent' } as const

export const COLUMNS = {
  start: { ...load, unit: 'ms', title: 'Since the round began' },
  requests: { ...load, unit: 'count', title: 'Requests completed' },
  errors: { ...load, unit: 'count', family: 'exact', title: 'Requests without an answer, timeouts included' },
  unexpected: { ...load, unit: 'count', family: 'exact', title: 'Answers that the script does not expect' },
  bytes: { ...load, unit: 'bytes', family: 'exact', title: 'Bytes received' },
  wall: { ...load, unit: 'ns', family: 'waiting', title: 'From the first request to the last answer' },
  cpu: { ...kernel, family: 'processor', title: 'CPU time of all threads' },
  mainCpu: { ...kernel, family: 'processor', title: 'CPU time of main threads' },
  compilerCpu: { ...kernel, family: 'processor', title: "CPU time of V8's worker threads" },
  runDelay: { ...kernel, family: 'waiting', title: 'Time spent waiting for a processor' },
  mainRunDelay: { ...kernel, family: 'waiting', title: 'The same, of main threads' },
  poolRunDelay: { ...kernel, family: 'waiting', title: "The same, of the thread pool's threads" },
  allVoluntarySwitches: { ...scheduler, title: 'Times that a thread stopped to wait for something' },
  mainVoluntarySwitches: { ...scheduler, title: 'The same, of main threads' },
  poolVoluntarySwitches: { ...scheduler, title: "The same, of the thread pool's threads" },
  allForcedSwitches: { ...scheduler, title: 'Times that a thread lost its processor to another' },
  mainForcedSwitches: { ...scheduler, title: 'The same, of main threads' },
  poolForcedSwitches: { ...scheduler, title: "The same, of the thread pool's threads" },
  allMigrations: { ...scheduler, title: 'Times that a thread moved to another processor' },
  mainMigrations: { ...scheduler, title: 'The same, of main threads' },
  poolMigrations: { ...scheduler, title: "The same, of the thread pool's threads" },
  majorFaults: { ...scheduler, title: 'Page faults that waited for storage' },
  blockRead: { ...scheduler, unit: 'bytes', title: 'Bytes fetched from storage' },
  blockWritten: { ...scheduler, unit: 'bytes', title: 'Bytes to be written to storage' },
  cpuPressure: {
    ...kernel,
    family: 'waiting',
    title: 'Time in which a thread of the machine lacked a processor',
  },
  ioPressure: { ...kernel, family: 'waiting', title: 'The same, for storage' },
  memoryPressure: { ...kernel, family: 'waiting', title: 'The same, for memory' },
  allocated: { ...agent, unit: 'bytes', family: 'memory', title: 'Bytes allocated on the JS heap' },
  gcCount: { ...agent, unit: 'count', family: 'runtime', title: 'Pauses for garbage collection' },
  gcPause: { ...agent, unit: 'ns', family: 'waiting', title: 'Time in these pauses' },
  loopActive: { ...agent, unit: 'ns', family: 'processor', title: 'Time in which the event loop was busy' },
  loopIdle: { ...agent, unit: 'ns', family: 'waiting', title: 'Time in which the event loop waited' },
  codeSize: { ...level, unit: 'bytes', family: 'memory', title: 'Size of compiled code' },
  heapUsed: { ...level, unit: 'bytes', family: 'memory', title: 'Bytes in use on the JS heap' },
  loopDelay: {
    ...level,
    unit: 'ns',
    family: 'waiting',
    combine: 'max',
    title: 'Longest delay of the event loop in the slice',
  },
  loaderCpu: { ...load, unit: 'ns', title: 'CPU time of the load generator' },
  loaderUtilization: { ...load, unit: 'ratio', title: "Utilization of the load generator's event loop" },
  loaderIdle: {
    ...load,
    unit: 'ratio',
    title: 'Share in which the average worker of another engine had nothing to send',
  },
} as const satisfies Record<string, Column>

export type ColumnName = keyof typeof COLUMNS
