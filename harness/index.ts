/** The public API. */
export { bench, readReport } from './bench.ts'
export { loadCapabilities } from './capabilities.ts'
export type { Capabilities } from './model/capabilities.ts'
export type { Config } from './model/config.ts'
export { MeasureError, UsageError } from './model/errors.ts'
export type { Load, Phase, Rate } from './model/load.ts'
export type { Need } from './model/needs.ts'
export type { RunOptions } from './model/options.ts'
export type { Report } from './model/report.ts'
export type { GateSpec, Scenario, Target, Variant } from './model/scenario.ts'
export type {
  Body,
  BodyCheck,
  CaptureSource,
  Data,
  Expect,
  Row,
  Schema,
  Step,
  StepOptions,
} from './model/script.ts'
export type { Progress, World } from './model/world.ts'
export { postgres, redis } from './scenario/needs.ts'
export * from './scenario/write.ts'
export { thisWorld } from './world.ts'
