/** The spine: plan → measure → analyze → judge → Report. */
import { analyze, comparisonsOf } from './analyze/index.ts'
import { loadCapabilities } from './capabilities.ts'
import { judge } from './judge/index.ts'
import { measure } from './measure/index.ts'
import type { Report } from './model/report.ts'
import type { Request } from './model/request.ts'
import type { World } from './model/world.ts'
import { makePlan } from './plan/index.ts'
import { saveRecord } from './store/index.ts'

/**
 * Measures one scenario and judges it.
 *
 * @throws UsageError when the request or the scenario is wrong; MeasureError when nothing could be measured
 */
export async function bench(request: Request, world: World): Promise<Report> {
  const capabilities = await loadCapabilities()
  const plan = await makePlan(request, world, capabilities)
  const run = await measure(plan, world, {
    enough: run => judge({ comparisons: comparisonsOf(run, capabilities.metrics) }, run).decided,
    save: async run => {
      await saveRecord(plan.output, run)
    },
  })
  const analysis = analyze(run, capabilities.metrics)
  return { run, analysis, verdict: judge(analysis, run) }
}
