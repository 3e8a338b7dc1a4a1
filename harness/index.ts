/** The public API. */
export { bench, readReport } from './bench.ts'
export { loadCapabilities } from './capabilities.ts'
export type { Capabilities } from './model/capabilities.ts'
export type { Config } from './model/config.ts'
export { MeasureError, UsageError } from './model/errors.ts'
export type { Load, Phase, Rate } from './model/load.ts'
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
export { defineConfig, defineScenario, defineTarget, nodeVersions } from './scenario/define.ts'
export { hold, ramp, spike, step } from './scenario/phases.ts'
export { del, file, form, get, json, multipart, patch, post, put, raw, request } from './scenario/steps.ts'
export { thisWorld } from './world.ts'
