/** What a metric, collector, loader, reporter or baseline source of somebody else is written with. */
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
  SliceSpec,
  Stretches,
} from './model/capabilities.ts'
export type { Column, Family } from './model/columns.ts'
export { MeasureError, UsageError } from './model/errors.ts'
export type { Evidence, Sample, Subject } from './model/evidence.ts'
export type { Finding } from './model/finding.ts'
export type { HttpRequest, HttpResponse, PlannedRequest, Script, ScriptSession } from './model/http.ts'
export type { Plan, PlannedVariant } from './model/plan.ts'
export type { Profile } from './model/profile.ts'
export type { RunRecord } from './model/record.ts'
export type { Report } from './model/report.ts'
export type { World } from './model/world.ts'
export { ProfileBuilder } from './profile/index.ts'
export { overall, perRequest, total } from './stats/columns.ts'
export { percent, value } from './words/numbers.ts'
