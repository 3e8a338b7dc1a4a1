/** What a metric, collector, loader, reporter or baseline source of somebody else is written with. */
export { latencyAt } from './metrics/latency.ts'
export { overall, perRequest, total } from './metrics/per-request.ts'
export type {
  AgentLink,
  Artifact,
  BaselineQuestion,
  BaselineSource,
  Collected,
  Collector,
  Loader,
  LoadOptions,
  LoadSession,
  Metric,
  Occasion,
  PlannedSides,
  Reporter,
  Sink,
  SliceLoad,
  SliceOrder,
  Stretches,
} from './model/capabilities.ts'
export { MeasureError, UsageError } from './model/errors.ts'
export type { Finding } from './model/finding.ts'
export type { Plan, PlannedVariant } from './model/plan.ts'
export type { Profile } from './model/profile.ts'
export type { LaunchRecord, RunRecord } from './model/record.ts'
export type { Report } from './model/report.ts'
export type { Answer, Ask, HttpRequest, Script, ScriptSession } from './model/requests.ts'
export type { World } from './model/world.ts'
export { ProfileBuilder } from './profile/index.ts'
export { percent, value } from './words/numbers.ts'
