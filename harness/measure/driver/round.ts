/** One round in the driver: connect, warm up, timed slices, profiled slices. Nothing else runs while a slice is open. */
import { sharedProcessors } from '../../kernel/machine.ts'
import type { Plan } from '../../model/plan.ts'
import type { Measured, RoundTask } from '../both/messages.ts'
import { measureCapacity } from './capacity.ts'
import { finishResults } from './collect/finish.ts'
import { profileLaunches } from './collect/profile.ts'
import { Context, type Tools } from './context.ts'
import { Launch } from './launch.ts'
import type { Learnt } from './load/pace.ts'
import { measureTimed } from './timed.ts'
import { changeLoop, warmUp } from './warm-up.ts'
import { openYardstick } from './yardstick.ts'

/** @returns also what the next rounds can use */
export async function runRound(
  plan: Plan,
  task: RoundTask,
  tools: Tools,
  learnt: Learnt,
): Promise<{ measured: Measured; learnt: Learnt }> {
  const context = new Context(plan, task, tools, learnt)
  try {
    await connectAll(context, task)
    const isOther = tools.loader !== tools.warmer
    if (isOther && !tools.loader.paced) context.connectAhead()
    const warmups = await warmUp(context)
    if (tools.loader.paced || isOther) await changeLoop(context)
    for (const launch of context.launches) launch.refresh()
    const timed = await (plan.capacity ? measureCapacity(context) : measureTimed(context))
    const taken = await profileLaunches(context)
    const yardstick = await context.yardstick?.finish()
    const { results, scripts } = await finishResults(context.launches, taken, plan, task.round)
    const launches = context.launches.map(({ booted, agents }, i) => ({
      variant: booted.variant,
      url: booted.socket === undefined ? booted.url : undefined,
      boot: booted.boot,
      versions: agents[0]?.versions ?? {},
      warmup: warmups[i]!,
      ...timed[i]!,
      ...(plan.pinning && booted.pid > 0 && sharedProcessors(booted.pid)),
      collected: results[i]!,
    }))
    return { measured: { launches, yardstick, scripts }, learnt: context.pace.learnt }
  } finally {
    // The load stops before the targets do. Connections to an ended server would be opened again forever.
    await Promise.all([...context.launches, context.yardstick].map(it => it?.close()))
    await Promise.allSettled(context.ahead.map(async session => (await session).close()))
    await context.helpers.end()
  }
}

async function connectAll(context: Context, { launches, yardstick }: RoundTask): Promise<void> {
  const { plan, tools, limits } = context
  for (const booted of launches) {
    const session = await context.connect(tools.warmer, booted)
    context.launches.push(new Launch(booted, session, tools.server, limits))
  }
  if (yardstick && plan.yardstick)
    context.yardstick = await openYardstick(yardstick, plan.yardstick, tools, limits)
}
