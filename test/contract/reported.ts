import type { Sink } from '../../harness/model/capabilities.ts'
import type { Failure } from '../../harness/model/launch.ts'

/** Collects what slices report. */
export class Reported implements Sink {
  latencies: [step: number, microseconds: number][] = []
  failures: (Pick<Failure, 'kind' | 'reason' | 'sample'> & { step: number })[] = []
  /** By the last slice. */
  renewals = { connections: 0, requests: 0 }

  latency(step: number, microseconds: number) {
    this.latencies.push([step, microseconds])
  }

  failed(step: number, kind: Failure['kind'], reason: string, sample?: string) {
    this.failures.push({ step, kind, reason, ...(sample && { sample }) })
  }

  renewed(connections: number, requests: number) {
    this.renewals = { connections, requests }
  }

  get reasons(): string[] {
    return this.failures.map(({ reason }) => reason)
  }
}
