import type { Machine } from '../../harness/cli/doctor/machine.ts'

/** A machine with nothing to complain about. */
export const quietMachine = (changes: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  arch: 'x64',
  kernel: '6.1.0',
  cpuModel: 'cpu',
  cores: 4,
  processors: [0, 1, 2, 3],
  siblings: [[0], [1], [2], [3]],
  quota: null,
  pinnable: true,
  governors: ['performance'],
  load: 0.1,
  busy: 0.02,
  steal: 0,
  busiest: [{ name: 'editor', share: 0.03 }],
  clock: { source: 'tsc', resolution: 40 },
  memory: { total: 16 * 2 ** 30, available: 8 * 2 ** 30 },
  node: 'v26.10.0',
  v8: '14.6',
  schedstat: true,
  virtual: false,
  onBattery: null,
  kernelView: { version: '0.17.0', lacks: [] },
  ...changes,
})
