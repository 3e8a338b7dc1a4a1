/** What the columns of a slice are: declared once; records, analysis, tables and documentation read it from here. */
export interface Column {
  /** What a value is measured in. */
  unit: 'ns' | 'ms' | 'bytes' | 'count' | 'ratio'
  /** A `difference` is what happened in the slice, a `level` what was found at its end. */
  kind: 'difference' | 'level'
  family: 'load' | 'processor' | 'waiting' | 'memory' | 'exact'
  /** Who reads it. */
  from: 'loader' | 'kernel' | 'agent'
  /** How the processes and threads of a launch combine: values add up, or the largest one counts. Default: they add up. */
  combine?: 'sum' | 'max'
  title: string
}

export const COLUMNS = {
  start: { unit: 'ms', kind: 'difference', family: 'load', from: 'loader', title: 'begin of the slice' },
  requests: { unit: 'count', kind: 'difference', family: 'load', from: 'loader', title: 'requests' },
  errors: { unit: 'count', kind: 'difference', family: 'exact', from: 'loader', title: 'errors' },
  unexpected: {
    unit: 'count',
    kind: 'difference',
    family: 'exact',
    from: 'loader',
    title: 'unexpected answers',
  },
  bytes: { unit: 'bytes', kind: 'difference', family: 'exact', from: 'loader', title: 'bytes received' },
  wall: { unit: 'ns', kind: 'difference', family: 'load', from: 'loader', title: 'duration' },
  cpu: { unit: 'ns', kind: 'difference', family: 'processor', from: 'kernel', title: 'CPU, all threads' },
  mainCpu: {
    unit: 'ns',
    kind: 'difference',
    family: 'processor',
    from: 'kernel',
    title: 'CPU, main threads',
  },
  compilerCpu: {
    unit: 'ns',
    kind: 'difference',
    family: 'processor',
    from: 'kernel',
    title: "CPU, V8's worker threads",
  },
  runDelay: {
    unit: 'ns',
    kind: 'difference',
    family: 'waiting',
    from: 'kernel',
    title: 'waiting for a processor',
  },
  allocated: { unit: 'bytes', kind: 'difference', family: 'memory', from: 'agent', title: 'allocated' },
  gcCount: { unit: 'count', kind: 'difference', family: 'memory', from: 'agent', title: 'GC pauses' },
  gcPause: { unit: 'ns', kind: 'difference', family: 'memory', from: 'agent', title: 'time in GC pauses' },
  loopActive: {
    unit: 'ns',
    kind: 'difference',
    family: 'processor',
    from: 'agent',
    title: 'event loop, active',
  },
  loopIdle: { unit: 'ns', kind: 'difference', family: 'waiting', from: 'agent', title: 'event loop, idle' },
  codeSize: { unit: 'bytes', kind: 'level', family: 'memory', from: 'agent', title: 'compiled code' },
  heapUsed: { unit: 'bytes', kind: 'level', family: 'memory', from: 'agent', title: 'heap in use' },
  loopDelay: {
    unit: 'ns',
    kind: 'level',
    family: 'waiting',
    from: 'agent',
    combine: 'max',
    title: 'longest delay of the event loop',
  },
  loaderCpu: {
    unit: 'ns',
    kind: 'difference',
    family: 'load',
    from: 'loader',
    title: 'CPU of the load generator',
  },
  loaderUtilization: {
    unit: 'ratio',
    kind: 'difference',
    family: 'load',
    from: 'loader',
    title: 'event loop of the load generator, busy',
  },
} as const satisfies Record<string, Column>

export type ColumnName = keyof typeof COLUMNS
